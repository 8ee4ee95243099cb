// Written messages that wait for a lawyer, soonest deadline first, and call-backs that anybody may make. Unlike live talks they are
// taken, not offered.
import { html } from 'lit';
import { moment, t, until } from '../i18n.js';
import { category } from '../staff/categories.js';
import { Sheet } from './sheets.js';
import '../staff/ticking.js';

export class PoolSheet extends Sheet {
  static properties = { ...Sheet.properties, tickets: { state: true }, callbacks: { state: true }, problem: { state: true }, taking: { state: true } };

  get title_() {
    return t('待领取的留言');
  }

  async open() {
    Object.assign(this, { tickets: null, problem: null, taking: null });
    await super.open();
    await this.#load();
  }

  async #load() {
    try {
      const { tickets, callbacks } = await this.desk.link.emit('pool:list', {});
      Object.assign(this, { tickets, callbacks });
    } catch (error) {
      this.problem = error.message || t('暂时取不到，请稍后再试。');
    }
  }

  async #take({ number }) {
    this.taking = number;
    this.problem = null;
    try {
      await this.desk.claim(number);
      this.close();
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
      await this.#load();
    }
    this.taking = null;
  }

  #rows(tickets) {
    return html`<ul class="rows">${tickets.map((ticket) => html`<li class="canned-row"><div>
        <b>${category(ticket.category)}</b> <span class="soft small">${t('{at} 提出', { at: moment(ticket.opened_at) })}</span>
        ${ticket.callback?.at ? html`<p class="small">${t('用户选择的时间：{at}', { at: until(ticket.callback.at) })}</p>` : ''}
        <p>${ticket.title}</p><statutory-clock class="small" .ticket=${ticket} .time=${this.desk.time}></statutory-clock></div>
      <button class="btn" ?disabled=${this.taking} aria-label=${`${t('领取')} ${ticket.number}`} @click=${() => this.#take(ticket)}>${t('领取')}</button></li>`)}</ul>`;
  }

  content() {
    const { tickets, callbacks, problem } = this;
    return html`${problem ? html`<p class="notice warn" role="alert">${problem}</p>` : ''}
      ${!tickets ? html`<p class="soft" role="status">${problem ? '' : t('正在取…')}</p>`
        : !tickets.length ? html`<p class="soft">${t('没有等待领取的留言。')}</p>` : this.#rows(tickets)}
      ${callbacks?.length ? html`<h3>${t('可以接手的回访')}</h3>${this.#rows(callbacks)}` : ''}`;
  }
}
customElements.define('pool-sheet', PoolSheet);
