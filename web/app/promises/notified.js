// How a citizen is told of an answer: an offer once a question was filed, what of it is on, and the notes of an open page. A note says
// nothing of the talk: it can be read over a shoulder.
import { html, nothing } from 'lit';
import { t } from '../i18n.js';
import { recall, remember } from '../citizen/storage.js';

const Notify = () => globalThis.Notification;

/** Whether this push is news for somebody who looks elsewhere. */
export const isNews = ({ message, fresh }) => fresh && message.author.kind !== 'citizen' && !['disclaimer', 'rate_us'].includes(message.notice);

/** Says that there is something new, while nobody looks; `show` is the worker's way. */
export function tell(news, { page = document, Note = Notify(), show = plainly } = {}) {
  if (isNews(news) && page.hidden && Note?.permission === 'granted') show(t('您的咨询有新消息'), news, Note);
}

function plainly(title, news, Note) {
  try {
    const note = new Note(title, { tag: 'consult', renotify: true });
    note.onclick = () => { globalThis.focus(); note.close(); };
  } catch {
    // Some browsers on telephones allow notifications only from a service worker: the title's counter remains.
  }
}

/** From now on this desk's news are told, if its citizen wants that. */
export function listen(desk) {
  if (desk.here) return;
  desk.here = 'unable'; // to be told with the page closed; `push` knows better
  desk.link.addEventListener('message', ({ detail }) => { if (desk.told.told_by.includes('browser')) tell(detail, desk.push); });
  if (desk.told.push_key) import('../pushed/pushed.js').then((push) => { desk.push = push; return push.attach(desk); }).catch(() => {});
}

/** The offer to be told, as long as an answer is still to come, or that it is on. */
export function notified(talk, { state }) {
  const { desk } = talk;
  listen(desk);
  if (!['queued', 'active', 'scheduled'].includes(state)) return nothing;
  return desk.push?.standing(desk) ?? (recall('no-notices', false) ? nothing : offer(talk));
}

function offer(talk) {
  const { desk } = talk;
  const { channels, told_by: by, push_key: key } = desk.told;
  const framed = window.parent !== window;
  const link = (words) => html`<a class="btn" href="/account#told" target=${framed ? '_blank' : '_self'}>${words}</a>`;
  const off = desk.here === 'off';
  const press = () => (off ? desk.push.start(desk) : Notify().requestPermission().finally(() => talk.requestUpdate()));
  const words = t('在浏览器中提醒');
  const ways = [];
  if (by.includes('browser')) {
    if (framed && key) ways.push(link(words));
    if (!framed && (off || (desk.here === 'unable' && Notify()?.permission === 'default'))) ways.push(html`<button class="btn" @click=${press}>${words}</button>`);
  }
  if (channels.includes('mail') && !by.includes('mail')) ways.push(link(t('用邮件提醒')));
  if (!ways.length) return nothing;
  const no = () => { remember('no-notices', true); talk.requestUpdate(); };
  return html`<div class="notify soft small"><p>${t('有答复时，要提醒您吗？提醒中没有咨询内容。')}</p>
    <p class="actions">${ways}<button class="btn quiet" @click=${no}>${t('不用')}</button></p></div>`;
}
