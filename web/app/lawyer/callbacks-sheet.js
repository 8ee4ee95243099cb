// All call-backs that this lawyer still owes, soonest first.
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n.js';
import { category } from '../staff/categories.js';
import { Sheet } from './sheets.js';
import './callback-card.js';
import '../staff/ticking.js';

/** Soonest first; a time that the citizen chose counts before the due one. */
export const inOrder = (callbacks) => [...callbacks].sort((one, other) =>
  (one.callback.at ?? one.callback_due_at).localeCompare(other.callback.at ?? other.callback_due_at));

export class CallbacksSheet extends Sheet {
  get title_() {
    return t('待回访');
  }

  connectedCallback() {
    super.connectedCallback();
    this.addEventListener('console-visit', () => this.close());
  }

  content() {
    const due = inOrder(this.desk.behind.callbacks.values());
    if (!due.length) return html`<p class="soft">${t('没有待进行的回访。')}</p>`;
    return html`<ul class="rows callbacks">${repeat(due, ({ number }) => number, (ticket) => html`<li>
      <p><b>${category(ticket.category)}</b> <span class="number soft small">${ticket.number}</span>
        <statutory-clock brief class="small" .ticket=${ticket} .time=${this.desk.time}></statutory-clock></p>
      <p>${ticket.title}</p>
      <callback-card listed .desk=${this.desk} .ticket=${ticket}></callback-card></li>`)}</ul>`;
  }
}
customElements.define('callbacks-sheet', CallbacksSheet);
