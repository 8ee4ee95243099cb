// The citizen's consultation, on the page /consult and inside the widget's frame alike.
import { html, nothing } from 'lit';
import { speak, t } from '../i18n.js';
import { Api } from './api.js';
import { Desk } from './desk.js';
import { Frame, keepAboveKeyboard } from './frame.js';
import { later } from './later.js';
import { Part } from './part.js';
import { errorWords } from './words.js';
import './agreement.js';
import './ask.js';
import './list.js';
import './sign-in.js';
import './talk.js';

const BANNERS = {
  connecting: ['', '正在连接…'],
  lagging: ['', '网络较慢，消息可能晚一点到。'],
  offline: ['danger', '连接中断，正在重连。您写的内容不会丢失，连上后自动发出。'],
  draining: ['', '服务器正在更新，马上自动重新连接。'],
};

class LegalConsult extends Part {
  static properties = { ...Part.properties, view: { state: true }, broken: { state: true } };

  connectedCallback() {
    this.framed = this.hasAttribute('data-frame');
    this.view = location.hash.slice(1);
    this.replaceChildren();
    const lang = this.dataset.lang === 'en' ? 'en' : 'zh';
    const csrf = this.framed ? '' : document.querySelector('meta[name="csrf"]')?.content;
    const { live, message, callback } = this.dataset; // how soon, in words
    this.desk = new Desk({ api: new Api({ lang, csrf }), lang, path: this.dataset.socket || '/socket.io/', limits: { live, message, callback } });
    super.connectedCallback();
    this.addEventListener('go', ({ detail }) => { location.hash = detail; });
    this.desk.addEventListener('opened', ({ detail }) => { location.hash = detail; });
    addEventListener('hashchange', () => this.#turn());
    keepAboveKeyboard();
    if (this.framed) this.frame = new Frame(this.desk);
    this.words = speak(lang, () => import('words:app/citizen')).then(() => this.desk.start(!this.framed && this.dataset.signedIn));
    this.words.catch((error) => { this.broken = error; });
  }

  #turn() {
    this.view = location.hash.slice(1);
    this.moved = true;
  }

  /** What to show: the address says it; without one the consultation under way, else the form. */
  #where() {
    const { desk, view } = this;
    if (!desk.signedIn) return 'sign-in';
    if (!desk.ready) return 'wait';
    if (desk.tickets.has(view)) return view;
    if (view === 'list') return 'list';
    if (view !== 'ask' && view !== 'declined' && desk.tickets.size) {
      const open = desk.list().filter(({ state }) => state !== 'closed');
      if (open.length !== 1) return 'list';
      // From here on the address says it, so that the talk stays on the screen when it closes.
      this.view = open[0].number;
      history.replaceState(null, '', `#${this.view}`);
      return this.view;
    }
    if (desk.accepted) return 'ask';
    return view === 'declined' ? 'declined' : 'agreement';
  }

  updated() {
    const { signedIn, trouble } = this.desk;
    if (!this.framed && !signedIn && trouble) location.assign('/login?next=/consult');
    document.body.classList.toggle('talking', this.desk.tickets.has(this.shown));
    const unread = this.desk.list().reduce((sum, ticket) => sum + this.desk.unread(ticket), 0);
    document.title = document.title.replace(/^(\(\d+\) )?/, unread ? `(${unread}) ` : '');
    this.frame?.tell(unread);
    if (signedIn && globalThis.Notification?.permission === 'granted') later(this)?.listen(this.desk);
    if (this.moved && this.shown !== this.before) {
      this.before = this.shown;
      this.moved = false;
      queueMicrotask(() => this.querySelector('h1')?.focus());
    }
    this.before ??= this.shown;
  }

  render() {
    if (this.broken) {
      return html`<div class="notice danger stack" role="alert"><p>${errorWords(this.broken)}</p>
        <p>${t('您也可以拨打 12348 法律服务热线。')}</p>
        <p><button class="btn" @click=${() => location.reload()}>${t('重新打开')}</button></p></div>`;
    }
    this.shown = this.#where();
    return html`${this.#banner()}${this.#body()}`;
  }

  #banner() {
    const { signedIn, ready, line } = this.desk;
    const [tone, words] = (signedIn && BANNERS[line]) || [];
    const quiet = !words || (line === 'connecting' && !ready);
    return html`<div class="line-state" role="status">${quiet ? nothing : html`<p class="banner ${tone}">${t(words)}</p>`}</div>`;
  }

  #body() {
    const { desk, shown } = this;
    switch (shown) {
      case 'sign-in':
        return this.framed ? html`<consult-sign-in .desk=${desk}></consult-sign-in>` : this.#waiting();
      case 'wait':
        return this.#waiting();
      case 'agreement':
      case 'declined':
        return html`<consult-agreement .desk=${desk} ?declined=${shown === 'declined'}></consult-agreement>`;
      case 'list':
        return html`<consult-list .desk=${desk} ?framed=${this.framed}></consult-list>`;
      case 'ask':
        return html`<consult-ask .desk=${desk}></consult-ask>`;
      default:
        return html`<consult-talk .desk=${desk} .number=${shown}></consult-talk>`;
    }
  }

  #waiting() {
    return html`<p class="soft waiting" aria-live="polite">${t('正在打开您的咨询…')}</p>`;
  }
}

customElements.define('legal-consult', LegalConsult);
