// All suggestions about this lawyer's answers that are not settled yet, of closed talks too, the most urgent first (27).
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n.js';
import { Sheet } from './sheets.js';
import './review.js';

export class SuggestionsSheet extends Sheet {
  get title_() {
    return t('专家对解答的建议');
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('console-deed', () => this.close());
  }

  content() {
    const waiting = this.desk.behind.waiting();
    if (!waiting.length) return html`<p class="soft">${t('没有待处理的建议。')}</p>`;
    return html`<ul class="rows suggestions">${repeat(waiting, ({ id }) => id, (review) => html`<li>
      <p class="number soft small">${review.number}</p>
      <expert-review .desk=${this.desk} .review=${review}></expert-review></li>`)}</ul>`;
  }
}
customElements.define('suggestions-sheet', SuggestionsSheet);
