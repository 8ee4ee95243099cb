// Offers: the most urgent thing on the screen while they last.
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { Plain } from '../staff/plain.js';
import { category } from '../staff/categories.js';
import { t } from '../i18n.js';
import '../staff/ticking.js';

const reasons = () => [t('手头已满'), t('不熟悉该领域'), t('存在利益冲突'), t('其他原因')];

export class ConsoleOffers extends Plain {
  #open = null;

  get #first() {
    return [...this.desk.offers.keys()][0];
  }

  acceptFirst() {
    if (this.#first) this.desk.accept(this.#first);
  }

  /** Opens the reasons of the first offer and goes there. */
  async declineFirst() {
    if (!this.#first) return;
    this.#open = this.#first;
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector('.reasons button')?.focus();
  }

  #decline(number, reason) {
    this.#open = null;
    this.desk.decline(number, reason);
  }

  #card(offer) {
    const { ticket, first, busy } = offer;
    const { number } = ticket;
    const open = this.#open === number;
    return html`<li class="offer card">
      <count-ring .offer=${offer} .time=${this.desk.time} @over=${() => this.desk.expire(number)}></count-ring>
      <div class="offer-what">
        <h2>${category(ticket.category)}
          ${ticket.earlier?.because === 'not_understood' ? html`<span class="chip info">${t('没看懂此前的解答')}</span>` : ''}
          ${ticket.on_behalf_of === 'relative_or_friend' ? html`<span class="chip">${t('代亲友咨询')}</span>` : ''}
          <statutory-clock .ticket=${ticket} .time=${this.desk.time}></statutory-clock></h2>
        <p class="offer-first">${first ?? ticket.title ?? ''}</p>
      </div>
      <div class="offer-acts">
        <button class="btn primary" ?disabled=${busy} @click=${() => this.desk.accept(number)}>${busy ? t('正在接单…') : t('接单')}</button>
        <button class="btn" ?disabled=${busy} aria-expanded=${open} @click=${() => { this.#open = open ? null : number; this.requestUpdate(); }}>
          ${t('不接')}</button>
      </div>
      ${open ? html`<div class="reasons" role="group" aria-label=${t('不接的原因')}
        @keydown=${(event) => { if (event.key === 'Escape') { this.#open = null; this.requestUpdate(); } }}>
        <span class="small soft">${t('原因仅供排班参考，用户看不到：')}</span>
        ${reasons().map((text) => html`<button class="btn" @click=${() => this.#decline(number, text)}>${text}</button>`)}
      </div>` : ''}
    </li>`;
  }

  render() {
    const offers = [...this.desk.offers.values()];
    if (!offers.length) return html``;
    return html`<section class="offers" aria-label=${t('待接单')}>
      <ul>${repeat(offers, ({ ticket }) => ticket.number, (offer) => this.#card(offer))}</ul></section>`;
  }
}
customElements.define('console-offers', ConsoleOffers);
