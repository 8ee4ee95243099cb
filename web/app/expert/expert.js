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
import { Bell } from '../bell.js';
import { Desk } from './desk.js';
import { Kept } from './kept.js';
import { answers, questions } from './lists.js';
import { talks } from './talks.js';
import './matter.js';
import './offers.js';
import './own.js';
import './review.js';

const AGAIN = 10_000; // what is not pushed to this expert is looked up
const STAYS = 10 * 60_000; // reading along is said again before it ends by itself

/** "#e/ID" a question, "#r/NUMBER" an answer to look at, "#o/ID" what is suggested about an own one, "#t/NUMBER" a talk that goes on, "#reviews" and "#talks" their lists, anything
 *  else the list of questions. */
export function place(hash) {
  const [kind, id] = hash.replace(/^#/, '').split('/');
  if (kind === 'e' && id) return { list: 'questions', id, number: id.replace(/\.\d+$/, '') };
  if (kind === 'r' && id) return { list: 'answers', number: id };
  if (kind === 'o' && id) return { list: 'answers', own: id, number: id.replace(/\.r\d+$/, '') };
  if (kind === 't' && id) return { list: 'talks', talk: id, number: id };
  return { list: { reviews: 'answers', talks: 'talks' }[kind] ?? 'questions' };
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
    const link = new Link({ namespace: '/expert', getToken, lang, path: this.dataset.socket || '/socket.io/', storage: sessionStorage, who: this.dataset.staffNo });
    this.drafts = new Kept(sessionStorage, this.dataset.staffNo);
    this.alerts = new Alerts();
    this.bell = new Bell();
    this.desk = new Desk({ link, time, staffNo: this.dataset.staffNo || null });
    this.desk.get = (path) => call('GET', `/api/v1${path}`);
    this.desk.addEventListener('change', () => this.#changed());
    this.desk.addEventListener('offer', () => this.alerts.notify('panel'));
    for (const name of ['click', 'keydown']) document.addEventListener(name, () => this.#sound(), { once: true, passive: true });
    link.addEventListener('state', ({ detail }) => { this.online ||= detail.state === 'online' && time.clock(); this.requestUpdate(); });
    link.addEventListener('refused', ({ detail }) => { this.refused = detail; this.requestUpdate(); });
    addEventListener('hashchange', () => this.#turn());
    setInterval(() => this.#again(link), AGAIN);
    setInterval(() => this.desk.reading.again().catch(() => {}), STAYS);
    call('GET', '/api/v1/categories').then(({ items }) => { learn(items); this.requestUpdate(); }, () => {});
    link.open();
    if (this.at.number && !this.at.talk) this.desk.follow(this.at.number);
  }

  #sound() {
    return this.bell.enable().then(() => this.requestUpdate());
  }

  #changed() {
    const { offers, waiting } = this.desk;
    if (offers.size) this.bell.ring();
    else {
      this.bell.stop();
      this.alerts.answered();
    }
    this.alerts.show({ offers: offers.size, unread: waiting });
    this.requestUpdate();
  }

  #again(link) {
    if (!document.hidden && link.connected) {
      link.catchUp();
      if (this.at.list === 'talks') this.desk.reading.load().catch(() => {});
    }
    this.requestUpdate();
  }

  async #turn() {
    const before = this.at.number;
    this.at = place(location.hash);
    const { number, list, talk } = this.at;
    if (list === 'answers' && !number) this.desk.load(); // what waits for a look is not pushed
    if (list === 'talks' && !talk) this.desk.reading.load().catch(() => {});
    if (!this.desk.reading.reads(number)) this.desk.reading.leave(); // what is no longer looked at is no longer read along
    if (before && before !== number) this.desk.leave(before);
    if (number && number !== before && !talk) this.desk.follow(number);
    await this.updateComplete;
    if (number) this.querySelector('.matter h2')?.focus();
  }

  #choose(state) {
    this.state = state;
    if (!this.desk.fetched.has(state)) this.desk.load([state]);
  }

  #banners() {
    const told = banners({ state: this.desk.link.state, refused: this.refused, stale: false, checkedAt: this.online, duty: { status: 'on' }, reason: null, silent: this.bell.silent });
    return html`<div class="banners" role="status">${told.map(({ level, text, act }) => html`<div class="banner ${level}">${text}
      ${act === 'login' ? html`<a class="btn" href="/login?next=/expert">${t('登录')}</a>` : ''}
      ${act === 'sound' ? html`<button class="btn" @click=${() => this.#sound()}>${t('启用声音')}</button>` : ''}</div>`)}</div>`;
  }

  #lists() {
    const { desk, at } = this;
    const tab = (list, href, words, count) => html`<a class="btn" href=${href} aria-current=${at.list === list ? 'page' : 'false'}>${words}
      ${count ? html`<span class="count">${count}</span>` : ''}</a>`;
    return html`<nav class="tabs" aria-label=${t('专家组工作台')}>
        ${tab('questions', '#', t('转交的问题'), desk.waiting)}${tab('answers', '#reviews', t('待审阅的解答'), (desk.reviews?.length ?? 0) + (desk.own?.length ?? 0))}${tab('talks', '#talks', t('进行中的咨询'))}</nav>
      ${at.list === 'questions' ? questions(desk, { state: this.state, shown: at.id, choose: (state) => this.#choose(state) })
        : at.list === 'talks' ? talks(desk, at.talk) : answers(desk, at.own ?? at.number)}
      <p class="rulings-link"><a href="/rulings" target="_blank" rel="noopener">${t('判断口径')}</a></p>`;
  }

  #open() {
    const { at, desk, drafts } = this;
    if (at.id) return html`<expert-matter .desk=${desk} .drafts=${drafts} .id=${at.id}></expert-matter>`;
    if (at.talk) return html`<expert-talk .desk=${desk} .drafts=${drafts} .number=${at.talk}></expert-talk>`;
    if (at.own) return html`<expert-own .desk=${desk} .drafts=${drafts} .number=${at.number} .id=${at.own}></expert-own>`;
    if (at.number) return html`<expert-review .desk=${desk} .drafts=${drafts} .number=${at.number}></expert-review>`;
    return html`<p class="soft nothing-open">${t('请从列表中选择。')}</p>`;
  }

  render() {
    if (!this.desk) return html``;
    const { at } = this;
    return html`${this.#banners()}
      ${this.refused ? '' : html`<panel-offers .desk=${this.desk}></panel-offers>`}
      ${this.refused ? '' : html`<div class="panel ${at.number ? 'opened' : ''}">
        <section class="panel-lists internal" aria-label=${t('列表')}>${this.#lists()}</section>
        <div class="panel-open">
          ${at.number ? html`<a class="btn quiet back" href=${{ answers: '#reviews', talks: '#talks' }[at.list] ?? '#'}>‹ ${t('返回列表')}</a>` : ''}
          ${this.#open()}</div>
      </div>`}`;
  }
}
customElements.define('expert-desk', ExpertDesk);
