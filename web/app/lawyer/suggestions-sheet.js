// All suggestions about this lawyer's answers that are not settled yet, of closed talks too, the most urgent first (27).
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n.js';
import { parts } from '../staff/answer-frame.js';
import { MARK_IDS, markWord } from '../staff/marks.js';
import { Sheet } from './sheets.js';
import './review.js';

const sums = (found) => MARK_IDS.filter((one) => found[one]).map((one) => `${markWord(one)} ${found[one]}`).join(' · ') || '—';

export class SuggestionsSheet extends Sheet {
  get title_() {
    return t('专家对解答的建议');
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('console-deed', () => this.close());
  }

  /** What experts thought of the answers, summed up: nobody's card, and nobody else's to see (21). */
  #scores() {
    const { scores } = this.desk.behind;
    if (!scores) return '';
    return html`<section class="stack tight" aria-labelledby="scores-title"><h3 class="small" id="scores-title">${t('专家对您的解答的评价（近 90 天，仅您可见）')}</h3>
      <dl class="facts small">${parts().map(({ id, title }) => html`<dt>${title}</dt><dd>${sums(scores[id] ?? {})}</dd>`)}</dl></section>`;
  }

  content() {
    return html`${this.#waiting()}${this.#scores()}`;
  }

  #waiting() {
    const waiting = this.desk.behind.waiting();
    if (!waiting.length) return html`<p class="soft">${t('没有待处理的建议。')}</p>`;
    return html`<ul class="rows suggestions">${repeat(waiting, ({ id }) => id, (review) => html`<li>
      <p class="number soft small">${review.number}</p>
      <expert-review .desk=${this.desk} .review=${review}></expert-review></li>`)}</ul>`;
  }
}
customElements.define('suggestions-sheet', SuggestionsSheet);
