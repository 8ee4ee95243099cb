// The lawyer's console: puts the desk, the sounds and the elements together and listens to the keyboard.
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { speak, t } from '../i18n.js';
import { Link } from '../link.js';
import { Alerts } from '../staff/alerts.js';
import { allOf, caller } from '../staff/api.js';
import { banners } from '../staff/banners.js';
import { Bell } from '../bell.js';
import { Canned } from './canned.js';
import { learn } from '../staff/categories.js';
import { beside, drop, EMPTY, fill, show } from './columns.js';
import { Desk } from './desk.js';
import { Drafts } from './drafts.js';
import { command } from './keys.js';
import { Plain } from '../staff/plain.js';
import { ServerTime } from '../staff/server-time.js';
import { Watchdog } from './watchdog.js';
import './bar.js';
import { inOrder } from './callbacks-sheet.js';
import { wakes } from './wakes.js';
import './console-sheets.js';
import './offers.js';
import './rail.js';
import './talk.js';

const WIDE = '(min-width: 64rem)';
const remembered = (key, otherwise) => {
  try { return localStorage.getItem(key) ?? otherwise; } catch { return otherwise; }
};
const remember = (key, value) => {
  try { localStorage.setItem(key, value); } catch { /* only a preference */ }
};

export class LegalConsole extends Plain {
  static properties = { layout: { state: true }, columns: { state: true }, letters: { state: true }, toasts: { state: true }, said: { state: true } };

  constructor() {
    super();
    this.layout = EMPTY;
    this.columns = Math.min(3, Math.max(1, Number(remembered('console-columns', 2)) || 2));
    this.letters = remembered('console-letters', 'on') === 'on';
    this.toasts = [];
    this.bell = new Bell();
    this.time = new ServerTime();
  }

  connectedCallback() {
    this.replaceChildren();
    document.documentElement.classList.add('in-console');
    super.connectedCallback();
    this.#begin();
  }

  async #begin() {
    const lang = this.dataset.lang === 'en' ? 'en' : 'zh';
    await speak(lang);
    const call = caller(this.time);
    this.alerts = new Alerts();
    this.canned = new Canned(call);
    const getToken = async () => (await call('POST', '/api/v1/socket-tokens')).token;
    const link = new Link({ namespace: '/lawyer', getToken, lang, path: this.dataset.socket || '/socket.io/', storage: sessionStorage, who: this.dataset.staffNo });
    this.desk = new Desk({ link, time: this.time, staffNo: this.dataset.staffNo || null });
    this.desk.get = (path) => call('GET', `/api/v1${path}`);
    this.desk.all = (path) => allOf(call, `/api/v1${path}`);
    this.drafts = new Drafts(sessionStorage);
    this.drafts.attach(this.desk);
    this.watchdog = new Watchdog(this.desk);
    this.#listen(link);
    call('GET', '/api/v1/categories').then(({ items }) => { learn(items); this.requestUpdate(); }, () => {});
    link.open();
    this.watchdog.start();
  }

  #listen(link) {
    const { desk } = this;
    desk.addEventListener('change', () => this.#changed());
    const looking = (number) => !document.hidden && document.hasFocus() && this.layout.open.includes(number);
    wakes(desk, { bell: this.bell, alerts: this.alerts, looking });
    desk.addEventListener('accepted', ({ detail }) => this.#show(detail.number, { write: true }));
    desk.addEventListener('toast', ({ detail }) => this.#toast(detail));
    link.addEventListener('state', () => this.requestUpdate());
    link.addEventListener('refused', ({ detail }) => { this.refused = detail; desk.offers.clear(); desk.say('change'); });
    const wide = matchMedia(WIDE);
    wide.addEventListener('change', () => this.#changed());
    this.wide = wide;
    document.addEventListener('keydown', (event) => this.#pressed(event));
    const look = () => this.querySelectorAll('console-talk').forEach((talk) => talk.look());
    for (const name of ['visibilitychange', 'focus']) (name === 'focus' ? window : document).addEventListener(name, look);
    addEventListener('pagehide', () => this.drafts.flush());
    document.addEventListener('visibilitychange', () => document.hidden && this.drafts.flush());
    const sound = () => this.bell.enable().then(() => this.requestUpdate());
    // Not at pointerdown: the banner that goes away would pull the button from under the finger.
    for (const name of ['click', 'keydown']) document.addEventListener(name, sound, { once: true, passive: true });
    this.addEventListener('console-show', ({ detail }) => this.#show(detail.number, { write: this.wide.matches }));
    this.addEventListener('console-focus', ({ detail }) => { if (this.layout.focus !== detail.number) this.layout = show(this.layout, detail.number, this.size); });
    this.addEventListener('console-clear', ({ detail }) => { this.drafts.drop(detail.number); desk.clear(detail.number); });
    this.addEventListener('console-open', ({ detail }) => this.querySelector(detail.sheet).open());
    this.addEventListener('console-deed', ({ detail }) => this.querySelector(detail.sheet).ask(detail.number, detail));
    this.addEventListener('console-visit', ({ detail }) => desk.visit(desk.tickets.get(detail.ticket.number) ?? detail.ticket).catch((error) => desk.complain(error)));
    this.addEventListener('console-side', ({ detail }) => this.#at(detail.number)?.inside(detail.about));
    this.addEventListener('console-answer', ({ detail }) => this.#at(detail.number)?.answer());
    this.addEventListener('console-columns', ({ detail }) => this.#columns(detail.count));
    this.addEventListener('console-leave', () => this.#leave());
    this.addEventListener('console-letters', ({ detail }) => { this.letters = detail; remember('console-letters', detail ? 'on' : 'off'); });
    this.addEventListener('console-close', ({ detail }) => this.querySelector('close-sheet').ask(detail.number, (number) =>
      desk.close(number).catch((error) => desk.complain(error))));
  }

  get size() {
    return this.wide?.matches ? this.columns : 1;
  }

  get #numbers() {
    return [...this.desk.tickets.keys()];
  }

  #changed() {
    const { desk } = this;
    const gone = this.layout.open.find((number) => !desk.tickets.has(number));
    this.layout = gone ? drop(this.layout, gone, this.#numbers, this.size) : fill(this.layout, this.#numbers, this.size);
    if (desk.offers.size) this.bell.ring();
    else {
      this.bell.stop();
      this.alerts.answered();
    }
    if (desk.reason && this.reason !== desk.reason) this.alerts.notify('paused');
    this.reason = desk.reason;
    this.alerts.show({ offers: desk.offers.size, unread: desk.unreadInAll });
  }

  async #show(number, { write = false } = {}) {
    this.desk.behind.calm(number);
    this.layout = show(this.layout, number, this.size);
    await this.updateComplete;
    if (write) this.#talk?.enter();
  }

  #columns(count) {
    this.columns = count;
    remember('console-columns', count);
    this.layout = fill(this.layout, this.#numbers, this.size);
  }

  get #talk() {
    return this.#at(this.layout.focus);
  }

  #at(wanted) {
    return [...this.querySelectorAll('console-talk')].find(({ number }) => number === wanted);
  }

  #pressed(event) {
    if (this.querySelector('dialog[open]') || !this.desk || this.refused) return;
    const asked = command(event, { letters: this.letters });
    if (!asked) return;
    const go = (number) => number && this.#show(number, { write: true });
    const acts = {
      accept: () => this.querySelector('console-offers').acceptFirst(),
      decline: () => this.querySelector('console-offers').declineFirst(),
      next: () => go(beside(this.#numbers, this.layout.focus, 1)),
      previous: () => go(beside(this.#numbers, this.layout.focus, -1)),
      go: () => go(this.#numbers[asked.place]),
      write: () => this.#talk?.write(),
      answer: () => this.#talk?.answer(),
      close: () => this.#talk?.close(),
      canned: () => this.#talk?.write().then(() => this.#talk.querySelector('talk-composer')?.pick()),
      more: () => this.#talk?.more(),
      side: () => this.#talk?.inside(),
      callbacks: () => this.querySelector('callbacks-sheet').open(),
      pool: () => this.querySelector('pool-sheet').open(),
      earlier: () => this.querySelector('earlier-sheet').open(),
      help: () => this.querySelector('help-sheet').open(),
      leave: () => event.target.closest('.talk')?.querySelector('.talk-log').focus(),
    };
    event.preventDefault();
    acts[asked.name]();
  }

  #toast(toast) {
    this.toasts = [...this.toasts.slice(-2), toast];
    setTimeout(() => { this.toasts = this.toasts.filter((one) => one !== toast); }, 8_000);
  }

  async #leave() {
    if (this.desk.duty?.status !== 'off') await this.desk.setDuty('off').catch(() => {});
    this.desk.link.close({ forget: true });
    sessionStorage.removeItem('console-lines');
    await caller(this.time)('DELETE', '/api/v1/sessions/current').catch(() => {});
    location.assign('/login');
  }

  #banner({ level, text, act, number }) {
    const acts = {
      login: () => html`<a class="btn" href="/login?next=/lawyer">${t('登录')}</a>`,
      retry: () => html`<button class="btn" @click=${() => { this.desk.link.hurry(); this.watchdog.check(); }}>${t('立即重试')}</button>`,
      go: () => html`<button class="btn" @click=${() => this.#show(number, { write: true })}>${t('去办理')}</button>`,
      explain: () => html`<button class="btn" @click=${() => this.querySelector('explain-sheet').ask(number)}>${t('说明原因')}</button>`,
      callbacks: () => html`<button class="btn" @click=${() => this.querySelector('callbacks-sheet').open()}>${t('查看')}</button>`,
      read: () => html`<button class="btn" @click=${() => this.desk.behind.read(number)}>${t('知道了')}</button>`,
      suggestions: () => html`<button class="btn" @click=${() => this.querySelector('suggestions-sheet').open()}>${t('查看')}</button>`,
      sound: () => html`<button class="btn" @click=${() => this.bell.enable().then(() => this.requestUpdate())}>${t('启用声音')}</button>`,
    };
    return html`<div class="banner ${level}">${text} ${act ? acts[act]() : ''}</div>`;
  }

  #empty() {
    const on = this.desk.duty?.status === 'on';
    const loading = !this.watchdog.checkedAt;
    return html`<div class="desk-empty">${loading ? html`<p class="soft" role="status">${t('正在取在办咨询…')}</p>`
      : on ? html`<h2>${t('正在等待派单')}</h2><p class="soft">${t('有新的咨询时会响铃，请在限时内应答。')}</p>`
        : html`<h2>${t('您现在不接单')}</h2><p class="soft">${t('点「上岗」开始值班。在办的咨询不受影响。')}</p>
          <button class="btn primary" @click=${() => this.querySelector('console-duty').choose('on')}>${t('开始接单')}</button>`}</div>`;
  }

  #desk(open) {
    const { desk, layout } = this;
    return html`<console-offers .desk=${desk}></console-offers>
      <div class="desk">
        <console-rail .desk=${desk} .layout=${layout} .drafts=${this.drafts}></console-rail>
        <div class="columns c${Math.max(1, open.length)}">${open.length
          ? repeat(open, (number) => number, (number) => html`<console-talk .desk=${desk} .drafts=${this.drafts} .canned=${this.canned}
              .number=${number} .focused=${open.length > 1 && number === layout.focus}></console-talk>`)
          : this.#empty()}</div>
      </div>`;
  }

  render() {
    const { desk, layout } = this;
    if (!desk) return html``;
    const { open } = layout;
    const state = { state: desk.link.state, refused: this.refused, stale: this.watchdog.stale, checkedAt: this.watchdog.checkedAt,
      duty: desk.duty, reason: desk.reason, silent: this.bell.silent,
      reminders: [...desk.behind.reminders], callbacks: inOrder(desk.behind.callbacks.values()), owed: desk.behind.owed,
      replies: [...desk.behind.replies], suggestions: desk.behind.waiting() };
    return html`
      <console-bar .desk=${desk} .bell=${this.bell} .alerts=${this.alerts} .columns=${this.columns}></console-bar>
      <div class="banners" role="status">${banners(state).map((one) => this.#banner(one))}</div>
      <div class="visually-hidden" role="alert">${desk.offers.size ? t('有 {n} 个咨询待接单，按 Alt+Enter 接单', { n: desk.offers.size }) : ''}</div>
      ${this.refused ? '' : this.#desk(open)}
      <div class="toasts" role="status">${this.toasts.map(({ text, level }) => html`<div class="notice ${level}">${text}</div>`)}</div>
      <console-sheets .desk=${desk} .canned=${this.canned} ?letters=${this.letters}></console-sheets>`;
  }
}
customElements.define('legal-console', LegalConsole);
