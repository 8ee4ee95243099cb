// A desktop notification when something is said while the page is not looked at. It is asked for only after a question was
// filed, and says nothing of it: it can be read over a shoulder.
import { html, nothing } from 'lit';
import { t } from '../i18n.js';
import { recall, remember } from '../citizen/storage.js';

const heard = new WeakSet();
const Notify = () => globalThis.Notification;

/** Whether this push is news for somebody who looks elsewhere. */
export const isNews = ({ message, fresh }) => fresh && message.author.kind !== 'citizen' && !['disclaimer', 'rate_us'].includes(message.notice);

/** Says that there is something new, while nobody looks. */
export function tell(news, { page = document, Note = Notify() } = {}) {
  if (!isNews(news) || !page.hidden || Note?.permission !== 'granted') return;
  try {
    const note = new Note(t('您的咨询有新消息'), { tag: 'consult', renotify: true });
    note.onclick = () => { globalThis.focus(); note.close(); };
  } catch {
    // Some browsers on telephones allow notifications only from a service worker: the title's counter remains.
  }
}

/** The offer to be notified, as long as the browser was not asked and an answer is still to come. */
export function notified(talk, { state }) {
  const { desk } = talk;
  if (!heard.has(desk)) {
    heard.add(desk);
    desk.link.addEventListener('message', ({ detail }) => tell(detail));
  }
  const owed = ['queued', 'active', 'scheduled'].includes(state);
  if (!owed || window.parent !== window || Notify()?.permission !== 'default' || recall('no-notices', false)) return nothing;
  const ask = () => Notify().requestPermission().finally(() => talk.requestUpdate());
  const no = () => { remember('no-notices', true); talk.requestUpdate(); };
  return html`<p class="notify soft small"><span>${t('有答复时，要在桌面上提醒您吗？提醒中没有咨询内容。')}</span>
    <button class="btn" @click=${ask}>${t('提醒我')}</button> <button class="btn quiet" @click=${no}>${t('不用')}</button></p>`;
}
