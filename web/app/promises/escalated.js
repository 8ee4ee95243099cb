// Where a question is while the panel has it, and until when (26, 27).
import { html, nothing } from 'lit';
import { t, until } from '../i18n.js';

const WHY = {
  lawyer: () => t('律师认为这个问题较难，已提请专家组一同解答。'),
  callback: () => t('回访由专家组办理。'),
};
const late = () => t('因为没有按时答复，您的问题已报专家组督促处理。');

/** @param ticket whose `escalation` is {state, reason} or null */
export function escalated({ escalation, state, clock, callback }) {
  if (!['open', 'claimed'].includes(escalation?.state)) return nothing;
  if (state === 'closed' && !['open', 'begun'].includes(callback?.state)) return nothing;
  const due = clock?.due_at && !clock.late ? until(clock.due_at) : null;
  return html`
    <section class="notice escalated" aria-live="polite">
      <p><strong>${escalation.state === 'claimed' ? t('专家正在研究您的问题') : t('已转交专家组')}</strong></p>
      <p>${(WHY[escalation.reason] ?? late)()}</p>
      <p>${due ? t('最迟 {time} 给您回音。', { time: due }) : t('正在尽快处理，有结果会在这里告诉您。')}</p>
    </section>`;
}
