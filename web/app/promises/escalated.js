// Where a question is while the panel has a part in it, and until when (7, 26, 27).
import { html, nothing } from 'lit';
import { t, until } from '../i18n.js';

const WHY = {
  lawyer: () => t('律师认为这个问题较难，已提请专家组一同解答。'),
  callback: () => t('回访由专家组办理。'),
  review_overdue: () => t('专家组正在复核此前的解答。'),
};
const late = () => t('因为没有按时答复，您的问题已报专家组督促处理。');
const TITLES = { open: () => t('已转交专家组'), claimed: () => t('专家正在研究您的问题'), advised: () => t('专家组已把意见交给律师') };

/** Until when; without a time, what is waited for. Only a clock of the ticket's own is late: the panel's, told to the operator, is not. */
export function when({ escalation: { due_at: due }, clock }, advised = false) {
  if (due) return advised ? t('由律师答复您，最迟 {time}。', { time: until(due) }) : t('最迟 {time} 给您回音。', { time: until(due) });
  if (clock?.suspended) return t('等待您补充情况，计时已暂停');
  return clock?.late ? t('已超过时限，值班人员正在督办，有结果会在这里告诉您。') : t('专家组还没有回音，值班人员正在督办，有结果会在这里告诉您。');
}

/** @param ticket whose `escalation` is {state, cause, how, due_at} or null */
export function escalated({ escalation, state, clock, readers = [] }) {
  const read = readers.map((no) => html`<p class="notice small" role="status">${t('专家组成员 {no} 号正在旁阅这次咨询，以便指导。', { no })}</p>`);
  const advised = escalation?.how === 'opinion' && ['active', 'scheduled'].includes(state);
  const title = TITLES[advised ? 'advised' : escalation?.state];
  if (!title) return read;
  return html`${read}
    <section class="notice escalated" aria-live="polite">
      <p><strong>${title()}</strong></p>
      ${advised ? nothing : html`<p>${(WHY[escalation.cause] ?? late)()}</p>`}
      <p>${when({ escalation, clock }, advised)}</p>
    </section>`;
}
