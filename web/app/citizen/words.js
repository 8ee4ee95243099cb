// How states, people, times and refusals are put in words.
import { article, t, until } from '../i18n.js';

const STATES = { queued: '排队中', active: '正在处理', scheduled: '已约定答复时间', answered: '已解答', closed: '已结束' };
const OUTCOMES = {
  answered: '已结束', withdrawn: '已撤回', expired: '已结束，未完成解答', 'refused:out_of_scope': '不属于本网范围',
  'refused:in_litigation': '案件办理中，未解答', 'refused:abuse': '未予解答', 'refused:repeated': '重复咨询，未再解答',
};
const TONES = { queued: 'warn', active: 'info', scheduled: 'info', answered: 'ok', closed: '' };
const PROFESSIONS = { lawyer: '律师', notary: '公证员', mediator: '人民调解员', appraiser: '司法鉴定人', legal_aid: '法律援助人员' };

export function stateWord({ state, kind, outcome }) {
  if (state === 'closed') return t(OUTCOMES[outcome] ?? '已结束');
  if (state === 'queued' && kind === 'message') return t('等待答复');
  if (state === 'active' && kind === 'live') return t('正在咨询');
  return t(STATES[state] ?? state);
}

export const stateTone = ({ state }) => TONES[state] ?? '';

export const kindWord = (kind) => (kind === 'live' ? t('在线咨询') : t('留言咨询'));

/** 律师 L0017: all that a citizen learns of a member of staff. */
export function staffWord({ kind, staff_no, profession } = {}) {
  const trade = kind === 'expert' ? t('专家组') : t(PROFESSIONS[profession] ?? profession ?? '工作人员');
  return [trade, staff_no].filter(Boolean).join(' ');
}

/** The statutory clock in one line, and what follows when it runs out; null when none runs. */
export function clockWords(clock) {
  if (!clock) return null;
  if (clock.suspended || !clock.due_at) return { late: false, text: t('等待您补充情况，计时已暂停'), next: '' };
  const time = until(clock.due_at);
  const by = clock.kind === 'promise' ? t('约定于 {time} 前答复', { time })
    : clock.kind === 'callback' ? t('应于 {time} 前回访', { time }) : t('应于 {time} 前答复', { time });
  if (clock.late) return { late: true, text: `${by} · ${article(clock.article)}`, next: t('已经超时，正在为您催办，并会向您说明原因') };
  const next = { experts: t('到时未答复，转交专家组'), reroute: t('到时未答复，改派其他律师'), operator: t('到时未答复，由值班人员处理') };
  return { late: false, text: `${by} · ${article(clock.article)}`, next: next[clock.next] ?? '' };
}

/** 预计等待 3–8 分钟 */
export function waitWords({ expected_wait_low_s: low, expected_wait_s: high }) {
  if (high === null || high === undefined) return '';
  const to = Math.ceil(high / 60);
  const from = Math.floor((low ?? 0) / 60);
  if (to <= 1) return t('预计等待不到 1 分钟');
  if (from === to) return t('预计等待约 {to} 分钟', { to });
  return t('预计等待 {from}–{to} 分钟', { from: Math.max(from, 1) === to ? 0 : Math.max(from, 1), to });
}

/** What to tell a person about an error: the server's own sentence, or ours when the line failed. */
export function errorWords(error) {
  if (error?.message && error?.name === 'LinkError') return error.message;
  const own = {
    offline: '现在没有网络连接，请稍后再试。', timeout: '服务器没有及时回应，请再试一次。', unavailable: '服务暂时不可用，请稍后再试。',
    unauthenticated: '登录已失效，请重新登录。', rate_limited: '操作太频繁，请稍等片刻再试。',
  };
  return t(own[error?.code] ?? '出现了问题，请再试一次。');
}
