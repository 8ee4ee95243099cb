// A note of the browser's when something is said while the page is not looked at. It is asked for only after a question was filed,
// and says nothing of it: it can be read over a shoulder.
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

/** From now on this desk's news are told, if its citizen wants that. */
export function listen(desk) {
  if (heard.has(desk)) return;
  heard.add(desk);
  desk.link.addEventListener('message', ({ detail }) => { if (desk.told.told_by.includes('browser')) tell(detail); });
}

/** The offer to be told, as long as an answer is still to come: by this browser if it was not asked yet, and where else. */
export function notified(talk, { state }) {
  const { desk } = talk;
  const { channels, told_by: by } = desk.told;
  listen(desk);
  const owed = ['queued', 'active', 'scheduled'].includes(state);
  if (!owed || recall('no-notices', false)) return nothing;
  const here = by.includes('browser') && window.parent === window && Notify()?.permission === 'default';
  const byMail = channels.includes('mail') && !by.includes('mail');
  if (!here && !byMail) return nothing;
  const ask = () => Notify().requestPermission().finally(() => talk.requestUpdate());
  const no = () => { remember('no-notices', true); talk.requestUpdate(); };
  return html`<div class="notify soft small"><p>${t('有答复时，要提醒您吗？提醒中没有咨询内容。')}</p>
    <p class="actions">${here ? html`<button class="btn" @click=${ask}>${t('在浏览器中提醒')}</button>` : nothing}
      ${byMail ? html`<a class="btn" href="/account#told" target=${window.parent === window ? '_self' : '_blank'} rel="noopener">${t('用邮件提醒')}</a>` : nothing}
      <button class="btn quiet" @click=${no}>${t('不用')}</button></p></div>`;
}
