// What this expert is asked to take: the most urgent thing on the screen while it lasts.
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n.js';
import { category } from '../staff/categories.js';
import { Plain } from '../staff/plain.js';
import '../staff/ticking.js';
import { groundWord, reasonWord } from './words.js';

export const reasons = () => [t('手头已满'), t('不熟悉该领域'), t('存在利益冲突'), t('其他原因')];

class PanelOffers extends Plain {
  static properties = { opened: { state: true }, problem: { state: true } };

  async #do(offer, act) {
    if (offer.busy) return;
    offer.busy = true;
    this.problem = null;
    this.requestUpdate();
    try {
      await act();
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
    }
    offer.busy = false;
    this.requestUpdate();
  }

  async #take(offer) {
    const { id } = offer.escalation;
    await this.#do(offer, async () => {
      await this.desk.claim(id);
      location.hash = `#e/${id}`;
    });
  }

  #pass(offer, reason) {
    this.opened = null;
    this.#do(offer, () => this.desk.passOn(offer.escalation.id, reason));
  }

  #card(offer) {
    const { escalation, busy } = offer;
    const { id, ticket, question, cause, ground } = escalation;
    const open = this.opened === id;
    return html`<li class="offer card">
      <count-ring .offer=${offer} .time=${this.desk.time} @over=${() => this.desk.expire(id)}></count-ring>
      <div class="offer-what">
        <h2>${category(ticket.category)} <span class="chip">${reasonWord(cause)}</span>${ground ? html`<span class="chip">${groundWord(ground)}</span>` : ''}
          <statutory-clock .ticket=${ticket} .time=${this.desk.time}></statutory-clock></h2>
        <p class="offer-first"><a href="#e/${id}">${question || ticket.title}</a></p>
      </div>
      <div class="offer-acts">
        <button class="btn primary" ?disabled=${busy} @click=${() => this.#take(offer)}>${t('接手')}</button>
        <button class="btn" ?disabled=${busy} aria-expanded=${open} @click=${() => { this.opened = open ? null : id; }}>${t('转给下一位')}</button>
      </div>
      ${open ? html`<div class="reasons" role="group" aria-label=${t('转给下一位的原因')}
        @keydown=${(event) => { if (event.key === 'Escape') this.opened = null; }}>
        <span class="small soft">${t('原因仅供排班参考，用户看不到：')}</span>
        ${reasons().map((text) => html`<button class="btn" @click=${() => this.#pass(offer, text)}>${text}</button>`)}
      </div>` : ''}
    </li>`;
  }

  render() {
    const offers = [...this.desk.offers.values()];
    const told = this.problem ? html`<p class="notice danger" role="alert">${this.problem}</p>` : '';
    if (!offers.length) return told;
    return html`<section class="offers" aria-label=${t('请您接手')}>${told}
      <ul>${repeat(offers, ({ escalation }) => escalation.id, (offer) => this.#card(offer))}</ul></section>`;
  }
}
customElements.define('panel-offers', PanelOffers);
