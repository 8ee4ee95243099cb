// A talk as the expert reads it: what the citizen may see, and between it, in another colour, what they never see.
import { html } from 'lit';
import { day, dayKey, hour, t } from '../i18n.js';
import { settledWord } from './words.js';
import { noteText } from '../staff/note-text.js';
import { said } from '../staff/said.js';
import { suggested } from '../staff/suggested.js';

const ABOUT = { note: () => t('内部备注'), support: () => t('请后台支援'), reply: () => t('后台回复'), direct: () => t('专家直接答复的理由'), bounced: () => t('专家退回的理由') };

/** Lines, notes and what experts said of answers, in the order of time. @param desk @param number
 *  @param but the id of what is shown elsewhere */
export function record(desk, number, but) {
  const read = desk.tickets.get(number)?.read?.citizen;
  const messages = desk.link.messages(number).map((message) => ({ at: message.sent_at, draw: () => said(message, { own: desk.staffNo, read }) }));
  const notes = (desk.notes.get(number) ?? []).map((note) => ({ at: note.at, draw: () => internal(note) }));
  const looked = (desk.said?.get(number) ?? []).filter(({ id }) => id !== but).map((one) => ({ at: one.opened_at, draw: () => advice(one, desk.link.messages(number).find(({ seq }) => seq === one.seq)?.body) }));
  const lines = [...messages, ...notes, ...looked].sort((a, b) => a.at.localeCompare(b.at));
  if (desk.closed?.has(number)) return html`<p class="notice" role="status">${t('对话现在不对您开放。正在进行的咨询可以先旁阅。')}</p>`;
  if (!lines.length) return html`<p class="soft waiting" role="status">${t('正在取对话…')}</p>`;
  let today = '';
  return html`<ol class="talk-lines" aria-label=${t('对话记录')}>${lines.map(({ at, draw }) => {
    const fresh = dayKey(at) !== today;
    today = dayKey(at);
    return html`${fresh ? html`<li class="talk-day">${day(at)}</li>` : ''}${draw()}`;
  })}</ol>`;
}

const advice = ({ by, kind, body, wording, severity, state, reply, opened_at: at }, old) => html`<li class="line wide"><div class="internal-note internal">
  <p class="small"><strong>${kind === 'opinion' ? t('给律师的意见') : t('修改意见')}</strong> ${by} <time class="soft" datetime=${at}>${hour(at)}</time>
    <span class="chip">${settledWord(state)}</span></p>${suggested({ body, wording, severity }, old)}
  ${reply ? html`<p class="kept"><strong class="small">${t('作者的说明')}</strong> ${reply}</p>` : ''}</div></li>`;

const internal = ({ author, about, body, at }) => html`<li class="line wide"><div class="internal-note internal">
  <p class="small"><strong>${(ABOUT[about] ?? ABOUT.note)()}</strong> ${author} <time class="soft" datetime=${at}>${hour(at)}</time>
    <span class="soft">${t('用户看不到')}</span></p><p class="kept">${noteText({ about, body })}</p></div></li>`;
