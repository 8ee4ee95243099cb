// Choosing a canned reply: type to search, arrows to move, Enter to put it into the box.
import { html } from 'lit';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { fillIn, find } from './canned.js';
import { category } from '../staff/categories.js';
import { composing } from '../composing.js';

let drawn = 0;

export class CannedPicker extends Plain {
  static properties = { number: {}, query: { state: true }, at: { state: true } };

  constructor() {
    super();
    this.query = '';
    this.at = 0;
    this.list = `canned-${(drawn += 1)}`;
  }

  firstUpdated() {
    this.querySelector('input').focus();
    this.canned.load().then(() => this.requestUpdate());
  }

  updated() {
    this.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }

  get #found() {
    return find(this.canned.items, this.query);
  }

  #body(item) {
    const { category: id } = this.desk.tickets.get(this.number);
    return fillIn(item.body, { category: category(id), staff_no: this.desk.staffNo, number: this.number });
  }

  #choose(item) {
    this.dispatchEvent(new CustomEvent('picked', { detail: item ? this.#body(item) : null }));
  }

  #pressed(event) {
    if (composing(event)) return;
    const found = this.#found;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) this.at = (this.at + step + found.length) % found.length;
    else if (event.key === 'Enter' && found[this.at]) this.#choose(found[this.at]);
    else if (event.key === 'Escape') this.#choose(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #empty() {
    if (this.canned.failed) return t('快捷回复暂时取不到。');
    return this.query ? t('没有相符的快捷回复。') : t('还没有快捷回复。');
  }

  render() {
    const found = this.#found;
    return html`<div class="picker internal">
      <div class="picker-top"><input type="text" role="combobox" autocomplete="off" aria-expanded="true" aria-controls=${this.list}
        aria-activedescendant=${found.length ? `${this.list}-${this.at}` : ''} aria-label=${t('搜索快捷回复')} placeholder=${t('搜索快捷回复')}
        @input=${(event) => { this.query = event.target.value; this.at = 0; }} @keydown=${this.#pressed}>
        <button class="btn quiet" @click=${() => this.ask('open', { sheet: 'canned-sheet' })}>${t('管理')}</button>
        <button class="btn quiet" aria-label=${t('关闭快捷回复')} @click=${() => this.#choose(null)}>✕</button></div>
      <ul role="listbox" id=${this.list} aria-label=${t('快捷回复')} tabindex="-1">${found.map((item, place) => html`
        <li role="option" id="${this.list}-${place}" aria-selected=${place === this.at} @click=${() => this.#choose(item)}>
          <b>${item.title}</b> <span class="chip">${item.own ? t('自己的') : t('共用')}</span>
          <span class="picker-body">${this.#body(item)}</span></li>`)}</ul>
      ${found.length ? '' : html`<p class="soft small" role="status">${this.#empty()}</p>`}
    </div>`;
  }
}
customElements.define('canned-picker', CannedPicker);
