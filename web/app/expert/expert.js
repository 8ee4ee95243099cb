// The panel's desk: two lists, and what lies open. The address says which, so that going back and reloading stay in place.
import { html } from 'lit';
import { speak, t } from '../i18n.js';
import { Link } from '../link.js';
import { Alerts } from '../staff/alerts.js';
import { caller } from '../staff/api.js';
import { banners } from '../staff/banners.js';
import { learn } from '../staff/categories.js';
import { Plain } from '../staff/plain.js';
import { ServerTime } from '../staff/server-time.js';
import { Desk } from './desk.js';
import { Kept } from './kept.js';
import { answers, questions } from './lists.js';
import './matter.js';
import './review.js';

const AGAIN = 10_000; // the citizen's words are not pushed to the panel: what lies open is looked up

/** "#e/ID" a question, "#r/NUMBER" an answer to look at, "#reviews" their list, anything else the list of questions. */
export function place(hash) {
  const [kind, id] = hash.replace(/^#/, '').split('/');
  if (kind === 'e' && id) return { list: 'questions', id, number: id.replace(/\.\d+$/, '') };
  if (kind === 'r' && id) return { list: 'answers', number: id };
  return { list: kind === 'reviews' ? 'answers' : 'questions' };
}

class ExpertDesk extends Plain {
  static properties = { at: { state: true }, state: { state: true } };

  connectedCallback() {
    this.replaceChildren();
    document.documentElement.classList.add('in-expert');
    this.at = place(location.hash);
    this.state = 'open';
    this.addEventListener('console-claimed', () => { this.state = 'claimed'; });
    super.connectedCallback();
    this.#begin();
  }

  async #begin() {
    const lang = this.dataset.lang === 'en' ? 'en' : 'zh';
    await speak(lang);
    const time = new ServerTime();
    const call = caller(time);
    const getToken = async () => (await call('POST', '/api/v1/socket-tokens')).token;
    const link = new Link({ namespace: '/expert', getToken, lang, path: this.dataset.socket || '/socket.io/', storage: sessionStorage });
    this.drafts = new Kept(sessionStorage, this.dataset.staffNo);
    this.alerts = new Alerts();
    this.desk = new Desk({ link, time, staffNo: this.dataset.staffNo || null });
    this.desk.addEventListener('change', () => this.alerts.show({ offers: 0, unread: this.desk.waiting }));
    link.addEventListener('state', ({ detail }) => { this.online ||= detail.state === 'online' && time.clock(); this.requestUpdate(); });
    link.addEventListener('refused', ({ detail }) => { this.refused = detail; this.requestUpdate(); });
    addEventListener('hashchange', () => this.#turn());
    setInterval(() => { if (!document.hidden && link.connected) link.catchUp(); this.requestUpdate(); }, AGAIN);
    call('GET', '/api/v1/categories').then(({ items }) => { learn(items); this.requestUpdate(); }, () => {});
    link.open();
    if (this.at.number) this.desk.follow(this.at.number);
  }

  async #turn() {
    const before = this.at.number;
    this.at = place(location.hash);
    const { number, list } = this.at;
    if (list === 'answers' && !number) this.desk.load(); // what waits for a look is not pushed
    if (before && before !== number) this.desk.leave(before);
    if (number && number !== before) this.desk.follow(number);
    await this.updateComplete;
    if (number) this.querySelector('.matter h2')?.focus();
  }

  #choose(state) {
    this.state = state;
    if (!this.desk.fetched.has(state)) this.desk.load([state]);
  }

  #banners() {
    const told = banners({ state: this.desk.link.state, refused: this.refused, stale: false, checkedAt: this.online, duty: null, reason: null, silent: false });
    return html`<div class="banners" role="status">${told.map(({ level, text, act }) => html`<div class="banner ${level}">${text}
      ${act === 'login' ? html`<a class="btn" href="/login?next=/expert">${t('登录')}</a>` : ''}</div>`)}</div>`;
  }

  #lists() {
    const { desk, at } = this;
    const tab = (list, href, words, count) => html`<a class="btn" href=${href} aria-current=${at.list === list ? 'page' : 'false'}>${words}
      ${count ? html`<span class="count">${count}</span>` : ''}</a>`;
    return html`<nav class="tabs" aria-label=${t('专家组工作台')}>
        ${tab('questions', '#', t('转交的问题'), desk.waiting)}${tab('answers', '#reviews', t('待审阅的解答'), desk.reviews?.length)}</nav>
      ${at.list === 'questions' ? questions(desk, { state: this.state, shown: at.id, choose: (state) => this.#choose(state) }) : answers(desk, at.number)}`;
  }

  #open() {
    const { at, desk, drafts } = this;
    if (at.id) return html`<expert-matter .desk=${desk} .drafts=${drafts} .id=${at.id}></expert-matter>`;
    if (at.number) return html`<expert-review .desk=${desk} .drafts=${drafts} .number=${at.number}></expert-review>`;
    return html`<p class="soft nothing-open">${t('请从列表中选择。')}</p>`;
  }

  render() {
    if (!this.desk) return html``;
    const { at } = this;
    return html`${this.#banners()}
      ${this.refused ? '' : html`<div class="panel ${at.number ? 'opened' : ''}">
        <section class="panel-lists internal" aria-label=${t('列表')}>${this.#lists()}</section>
        <div class="panel-open">
          ${at.number ? html`<a class="btn quiet back" href=${at.list === 'answers' ? '#reviews' : '#'}>‹ ${t('返回列表')}</a>` : ''}
          ${this.#open()}</div>
      </div>`}`;
  }
}
customElements.define('expert-desk', ExpertDesk);
