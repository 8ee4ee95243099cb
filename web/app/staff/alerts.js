// What reaches a lawyer who looks elsewhere: the title's counter, the marked icon, a desktop notification. None of them says
// anything of a talk: they can be read over a shoulder or on a projector.
import { t } from '../i18n.js';

/** The title with what waits in front: offers first, then unread lines. */
export function titled(title, { offers, unread }) {
  if (offers) return `【${t('待接单 {n}', { n: offers })}】${title}`;
  return unread ? `(${unread}) ${title}` : title;
}

export class Alerts {
  #last = '';

  constructor({ page = document, Notify = globalThis.Notification } = {}) {
    Object.assign(this, { page, Notify, title: page.title });
    this.icon = page.querySelector('link[rel~="icon"]');
    this.plain = this.icon?.getAttribute('href');
  }

  get permission() {
    return this.Notify?.permission ?? 'unsupported';
  }

  ask() {
    return this.Notify?.requestPermission?.();
  }

  show({ offers, unread }) {
    this.page.title = titled(this.title, { offers, unread });
    const waiting = offers || unread ? '/static/icon-waiting.svg' : this.plain;
    if (this.icon && waiting !== this.#last) this.icon.setAttribute('href', waiting);
    this.#last = waiting;
  }

  /** A notification while the page is not looked at; one of a kind at a time. */
  notify(kind) {
    if (this.permission !== 'granted' || (!this.page.hidden && this.page.hasFocus())) return;
    const text = { offer: t('有新的咨询待接单'), heard: t('有用户发来新消息'), paused: t('您已被暂停接单'), deadline: t('有咨询即将到时限'),
      callback: t('有咨询须回访'), review: t('收到专家意见'), note: t('有新的内部记录'), panel: t('有转交的问题请您接手') }[kind];
    try {
      const note = new this.Notify(text, { tag: `console-${kind}`, renotify: true, requireInteraction: kind === 'offer' || kind === 'panel' });
      note.onclick = () => { globalThis.focus(); note.close(); };
      if (kind === 'offer' || kind === 'panel') this.offer = note;
    } catch {
      // Some browsers on telephones allow notifications only from a service worker: the sound and the title remain.
    }
  }

  answered() {
    this.offer?.close();
    this.offer = null;
  }
}
