// Why a question came to the panel, how long it waits, and what became of it, in words.
import { t } from '../i18n.js';
import { span } from '../staff/clock.js';

const REASONS = {
  lawyer: () => t('律师提请'), live_overdue: () => t('在线咨询超时'), message_overdue: () => t('留言咨询超时'),
  review_overdue: () => t('修改意见到期未处理'),
  promise_overdue: () => t('约期答复超时'), callback_overdue: () => t('回访超时'), callback: () => t('用户仍不满意或选择专家回访'),
};
const GROUNDS = { no_rule: () => t('没有规定'), unclear: () => t('规定不够明确'), disputed: () => t('存在争议') };
const ANSWER_GROUNDS = {
  asked: () => t('律师提请由专家直接答复'), late: () => t('已超过答复时限'), urgent: () => t('情况紧急，来不及经由律师答复'),
  lawyer_unreachable: () => t('联系不上承办律师'), lawyer_wrong: () => t('原解答有误，须直接更正'), wished: () => t('用户希望由专家答复'),
};
const STATES = { open: () => t('待认领'), claimed: () => t('办理中'), resolved: () => t('已办结') };

export const STATE_IDS = Object.keys(STATES);
/** In the finer words of `cause`, where the contract's `reason` has fewer. */
export const reasonWord = (cause) => REASONS[cause]?.() ?? cause;
export const groundWord = (ground) => (ground ? (GROUNDS[ground]?.() ?? ground) : '');
/** Why an expert answers the citizen, and not through the lawyer (27). */
export const ANSWER_GROUND_IDS = Object.keys(ANSWER_GROUNDS);
export const answerGroundWord = (ground) => ANSWER_GROUNDS[ground]?.() ?? ground;
export const stateWord = (state) => STATES[state]?.() ?? state;
export const stateTone = (state) => ({ open: 'warn', claimed: 'info', resolved: 'ok' })[state] ?? '';

const LOOKS = {
  low_rating: () => t('用户评价低'), late: () => t('答复超时'), new_lawyer: () => t('新任人员'), drawn: () => t('抽查'), contested: () => t('作者有异议'),
  overdue: () => t('修改意见到期未处理'), harmful: () => t('可能造成损失，用户已被提示'),
};
/** Why a given answer waits for a look. */
export const lookWord = (why) => LOOKS[why]?.() ?? why;
const SETTLED = { open: () => t('待作者处理'), accepted: () => t('已采纳'), contested: () => t('已提出异议'), overdue: () => t('到期未处理') };
export const settledWord = (state) => SETTLED[state]?.() ?? state;

const RUNNING = { queued: () => t('等待接手'), active: () => t('办理中'), scheduled: () => t('已约期'), answered: () => t('已解答') };
/** Where a talk stands that goes on. */
export const ticketWord = ({ state }) => RUNNING[state]?.() ?? state;

/** How long it waits, or took. `now` is the server's time in ms. */
export function ageWord({ opened_at: from, resolved_at: to }, now) {
  const lasted = (to ? Date.parse(to) : now) - Date.parse(from);
  return to ? t('用时 {span}', { span: span(lasted) }) : t('已等 {span}', { span: span(lasted) });
}

/** Whether an opinion would reach anybody: as the rule of the same name (26). */
export const mayAdvise = ({ cause }, { assignee, state, callback }) => Boolean(assignee) || cause === 'review_overdue'
  || (callback?.state === 'open' && ['answered', 'closed'].includes(state));
