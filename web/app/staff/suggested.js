// What an expert suggests about a given answer (27): the reason, and where there is a new wording, what it would change.
import { html } from 'lit';
import { t } from '../i18n.js';
import { changes } from '../difference.js';

/** The message at `seq`, or undefined; fetched when its talk is not on the desk. */
export async function answerAt(link, number, seq) {
  return link.messages(number).find((message) => message.seq === seq)
    ?? (await link.emit('ticket:sync', { number, after_seq: seq - 1, limit: 1 })).messages[0];
}

const SEVERITIES = { cosmetic: ['', () => t('措辞可改进')], misleading: ['warn', () => t('可能误导用户')], harmful: ['danger', () => t('可能造成损失')] };
export const SEVERITY_IDS = Object.keys(SEVERITIES);
export const severityWord = (id) => SEVERITIES[id][1]();

function severity(id) {
  if (!SEVERITIES[id]) return '';
  return html`<p class="small"><span class="chip ${SEVERITIES[id][0]}">${severityWord(id)}</span>
    ${id === 'harmful' ? t('已提示用户先不要据此行动，请尽快处理。') : ''}</p>`;
}

/** @param review {body, wording, severity} @param old the text of the answer, as soon as it is there */
export const suggested = ({ body, wording, severity: id }, old) => html`${severity(id)}<p class="kept">${body}</p>
  ${!wording ? '' : html`<div role="group" aria-label=${t('建议的改动')}><p class="small soft" aria-hidden="true">${t('建议的改动')}</p>
    ${old === undefined ? html`<p class="kept" lang="zh">${wording}</p>` : changes(old, wording)}</div>`}`;
