// What a lawyer may do with a talk now, as the server's rules say, so that a menu explains itself before anything is refused.
import { t } from '../i18n.js';

export const MOST = { promises: 2, asks: 2, attempts: 3 };

const posted = (messages, kind) => messages.filter(({ notice }) => notice === kind).length;

/** How often the clock was promised or stopped already. */
export const used = (messages) => ({ promises: posted(messages, 'answer_promised'), asks: posted(messages, 'question_asked') });

/** {schedule, ask, offline, escalate, refuse, transfer, note, support}: null when it may be done, else why not. */
export function permits(ticket, messages) {
  const { state, clock } = ticket;
  const { promises, asks } = used(messages);
  const open = ['active', 'scheduled'].includes(state);
  const here = open || state === 'answered';
  const over = state === 'closed' ? t('咨询已结束') : t('已解答');
  const callback = clock?.kind === 'callback' && t('正在回访');
  return {
    schedule: !open ? over : callback || (promises >= MOST.promises ? t('已约期两次，请解答或提请专家组')
      : clock?.late ? t('时限已过，请尽快解答') : null),
    ask: state === 'scheduled' ? t('已约期答复') : !open ? over : callback || (clock?.suspended ? t('计时已暂停')
      : asks >= MOST.asks ? t('已提问两次') : null),
    offline: here ? null : over,
    escalate: !here ? over : ['open', 'claimed'].includes(ticket.escalation?.state) ? t('已转交专家组') : null,
    refuse: open ? null : over,
    transfer: open ? null : over,
    note: null,
    support: null,
  };
}

/** Whether a message is an answer that this lawyer may put right: an own one, not yet replaced. */
export const correctable = (message, own) =>
  message.type === 'answer' && message.author.kind === 'staff' && message.author.staff_no === own && !message.corrected_by;
