// What an expert suggests about a given answer (27): the reason, and where there is a new wording, what it would change.
import { html } from 'lit';
import { t } from '../i18n.js';
import { changes } from '../difference.js';

/** The message at `seq`, or undefined; fetched when its talk is not on the desk. */
export async function answerAt(link, number, seq) {
  return link.messages(number).find((message) => message.seq === seq)
    ?? (await link.emit('ticket:sync', { number, after_seq: seq - 1, limit: 1 })).messages[0];
}

/** @param review {body, wording} @param old the text of the answer, as soon as it is there */
export const suggested = ({ body, wording }, old) => html`<p class="kept">${body}</p>
  ${!wording ? '' : html`<div role="group" aria-label=${t('建议的改动')}><p class="small soft" aria-hidden="true">${t('建议的改动')}</p>
    ${old === undefined ? html`<p class="kept" lang="zh">${wording}</p>` : changes(old, wording)}</div>`}`;
