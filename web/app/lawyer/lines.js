// Everything said in a talk, day by day, and below it what is still under way or was refused.
import { html } from 'lit';
import { day, dayKey } from '../i18n.js';
import { MAY_APPEAL } from './notice-words.js';
import { correctable } from './permits.js';
import { goesOn, pending, refused, said } from '../staff/said.js';

/** The refusals that send the citizen elsewhere (28, 31). */
const ELSEWHERE = ['refused:out_of_scope', 'refused:in_litigation'];

/** `correct(seq)` puts an own answer right; `edit(failure)` takes a refused line back into the box. */
export function lines(desk, { number, read, outcome, referral_known_at: known }, { correct, edit }) {
  const found = [];
  const messages = desk.link.messages(number);
  const card = messages.findLast(({ notice, body }) => notice === 'refusal' && body.includes(MAY_APPEAL));
  let [today, last] = ['', null];
  for (const message of messages) {
    if (dayKey(message.sent_at) !== today) {
      today = dayKey(message.sent_at);
      found.push(html`<li class="talk-day">${day(message.sent_at)}</li>`);
      last = null;
    }
    found.push(said(message, {
      own: desk.staffNo,
      read: read?.citizen,
      goesOn: goesOn(last, message),
      correct: correctable(message, desk.staffNo) && (() => correct(message.seq)),
      known: message === card && ELSEWHERE.includes(outcome) ? known : undefined,
      old: message.corrects && messages.find(({ seq }) => seq === message.corrects)?.body,
    }));
    last = message;
  }
  found.push(...desk.link.outbox.of(number).map(pending));
  found.push(...desk.failed.of(number).map((failure) => refused(failure, { again: () => desk.again(number, failure), edit: () => edit(failure) })));
  return found;
}
