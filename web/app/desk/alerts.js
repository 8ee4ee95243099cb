// What a back office or an operator is to know at once: asked for every few seconds, shown without a reload. The server's own list
// stands until the first answer, and where there is no JavaScript.
import { html, LitElement, nothing } from 'lit';
import { moment, speak, t } from '../i18n.js';
import { Bell } from '../bell.js';
import { api } from './api.js';
import { Wish } from './wish.js';

const EVERY = 4_000;
const LATER = 15_000; // after a failure
const names = () => ({ near: t('时限将至'), waiting: t('无人承办'), overdue: t('超时已久'), panel: t('专家组超时'), contacts: t('私人联系方式'), attempts: t('回访'), chosen: t('回访'), missed: t('回访'),
  support: t('求助'), unsupported: t('求助逾期'), abuse: t('滥用提请'), undecided: t('提请逾期'), appeal: t('申诉'), unheard: t('申诉逾期'), repeated: t('重复咨询') });

export class DeskAlerts extends LitElement {
  static properties = { items: { state: true }, told: { state: true }, failed: { state: true }, stale: { state: true } };

  #known = null; // ids that were shown before; null until the first answer
  #bell = new Bell();
  #title = document.title;
  #begun = false; // draws itself only with an answer: until then the server's list is better than none

  createRenderRoot() {
    return this;
  }

  // What is drawn by Lit begins with the first answer.
  async connectedCallback() {
    this.sound = new Wish('desk-sound');
    this.notes = new Wish('desk-notes');
    await speak(this.dataset.lang === 'en' ? 'en' : 'zh', () => import('words:app/desk'));
    // Browsers let a page sound only after a gesture.
    const wake = () => this.sound.on && this.#bell.enable().then(() => this.requestUpdate());
    for (const name of ['click', 'keydown']) document.addEventListener(name, wake, { once: true, passive: true });
    await this.#ask();
  }

  async #ask() {
    let next = EVERY;
    try {
      const { items } = await api('GET', '/api/v1/alerts');
      this.failed = null;
      this.#show(items);
    } catch (error) {
      this.failed = error;
      next = Math.max(LATER, 1_000 * (error.retry ?? 0));
    }
    if (this.items && !this.#begun) this.#begin();
    if (this.failed?.status !== 401) setTimeout(() => this.#ask(), next);
  }

  #begin() {
    this.#begun = true;
    this.replaceChildren();
    super.connectedCallback();
  }

  #show(items) {
    const fresh = this.#known ? items.filter(({ id, seen_at: seen }) => !seen && !this.#known.has(id)) : [];
    this.#known = new Set(items.map(({ id }) => id));
    this.items = items;
    const unseen = items.filter(({ seen_at: seen }) => !seen).length;
    document.title = unseen ? `(${unseen}) ${this.#title}` : this.#title;
    document.querySelector('link[rel~="icon"]')?.setAttribute('href', unseen ? '/static/icon-waiting.svg' : '/static/icon.svg');
    if (!fresh.length) return;
    this.told = fresh.map(({ text }) => text).join('。');
    this.stale = this.stale || fresh.some(({ href }) => href?.startsWith('#'));
    if (this.sound.on) this.#bell.remind();
    if (this.notes.on) this.#notify();
  }

  /** It can be read over a shoulder, so it says nothing of what it is about. */
  #notify() {
    if (globalThis.Notification?.permission !== 'granted' || (!document.hidden && document.hasFocus())) return;
    try {
      const note = new Notification(t('有新的提醒'), { tag: 'desk', renotify: true });
      note.onclick = () => { globalThis.focus(); note.close(); };
    } catch {
      // Some browsers on telephones allow notifications only from a service worker: sound and title remain.
    }
  }

  async #see(ids) {
    try {
      await api('POST', '/api/v1/alerts/seen', { ids });
      const { items } = await api('GET', '/api/v1/alerts');
      this.#show(items);
      this.failed = null;
    } catch (error) {
      this.failed = error;
    }
  }

  async #sounds() {
    this.sound.set(!this.sound.on);
    if (this.sound.on && await this.#bell.enable()) this.#bell.remind();
    this.requestUpdate();
  }

  async #desktop() {
    const on = !this.notes.on && (await Notification.requestPermission()) === 'granted';
    this.notes.set(on);
    this.requestUpdate();
  }

  #one({ id, kind, text, number, at, settled, href, seen_by: by, seen_at: seen }) {
    return html`<li class="alert ${seen ? '' : 'fresh'}">
      <p class="cluster"><span class="chip ${['overdue', 'panel', 'contacts', 'unsupported', 'undecided', 'unheard'].includes(kind) ? 'danger' : 'warn'}">${names()[kind] ?? kind}</span>
        ${settled ? html`<span class="chip ok">${t('已办结')}</span>` : nothing}
        <span class="number soft small">${number}</span> <time class="soft small" datetime=${at}>${moment(at)}</time></p>
      <p>${text}</p>
      <div class="cluster">${seen
        ? html`<span class="soft small">${t('{staff_no} 于 {at} 知悉', { staff_no: by, at: moment(seen) })}</span>`
        : html`<button class="btn" @click=${() => this.#see([id])}>${t('知悉')}</button>`}
        ${href && !settled ? html`<a href=${href}>${t('去处理')}</a>` : nothing}</div>
    </li>`;
  }

  #trouble() {
    if (!this.failed) return nothing;
    return html`<p class="notice warn">${this.failed.status === 401 ? html`${t('登录已失效，请重新登录。')} <a href="/login?next=${location.pathname}">${t('登录')}</a>`
      : t('连接中断，提醒可能落后，正在重试。')}</p>`;
  }

  render() {
    const { items } = this;
    const unseen = items.filter(({ seen_at: seen }) => !seen).map(({ id }) => id);
    return html`
      <div class="cluster spread">
        <h2 id="alerts">${t('提醒')}${unseen.length ? html` <span class="count">${unseen.length}</span>` : nothing}</h2>
        <div class="cluster">
          <button class="btn" aria-pressed=${this.sound.on} @click=${this.#sounds}>${t('声音')}</button>
          ${globalThis.Notification && Notification.permission !== 'denied'
            ? html`<button class="btn" aria-pressed=${this.notes.on} @click=${this.#desktop}>${t('桌面通知')}</button>` : nothing}
          ${unseen.length > 1 ? html`<button class="btn" @click=${() => this.#see(unseen)}>${t('全部知悉')}</button>` : nothing}
        </div>
      </div>
      <p class="visually-hidden" role="status">${this.told ?? nothing}</p>
      <div role="alert">${this.#trouble()}</div>
      ${this.sound.on && this.#bell.silent ? html`<p class="soft small">${t('点一下页面，浏览器才允许发声。')}</p>` : nothing}
      <ul class="rows alerts" role="list">${items.length ? items.map((one) => this.#one(one))
        : html`<li class="alert"><p class="soft">${t('没有新的提醒。')}</p></li>`}</ul>
      ${this.stale ? html`<p class="notice cluster spread"><span>${t('下面的列表有更新。')}</span>
        <a class="btn" href=${location.pathname}>${t('刷新')}</a></p>` : nothing}`;
  }
}
customElements.define('desk-alerts', DeskAlerts);
