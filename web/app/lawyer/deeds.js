// 更多操作: what a lawyer may do with a talk besides talking. What is not possible now stays in the list and says why.
import { html } from 'lit';
import { t } from '../i18n.js';
import { permits } from './permits.js';
import { Plain } from '../staff/plain.js';

const deeds = () => [
  { name: 'schedule', text: t('约期答复'), sheet: 'promise-sheet' },
  { name: 'ask', text: t('向用户提问并暂停计时'), sheet: 'ask-sheet' },
  { name: 'escalate', text: t('提请专家组'), sheet: 'escalate-sheet' },
  { name: 'offline', text: t('线下委托提示'), sheet: 'offline-sheet' },
  { name: 'transfer', text: t('转交'), sheet: 'transfer-sheet' },
  { name: 'refuse', text: t('不予解答'), sheet: 'refuse-sheet' },
  { name: 'note', text: t('内部备注'), side: 'note' },
  { name: 'support', text: t('后台支援'), side: 'support' },
];
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class TalkDeeds extends Plain {
  static properties = { number: {} };

  get #menu() {
    return this.querySelector('details');
  }

  /** Opens the list and goes to its first line. */
  async enter() {
    this.#menu.open = true;
    this.querySelector('.menu-list button')?.focus();
  }

  #close() {
    this.#menu.open = false;
    this.querySelector('summary').focus(); // a sheet gives the focus back to where it was
  }

  #choose({ sheet, side }, why) {
    if (why) return;
    this.#close();
    if (sheet) this.ask('deed', { sheet, number: this.number });
    else this.ask('side', { number: this.number, about: side });
  }

  #pressed(event) {
    if (event.key === 'Escape' && this.#menu.open) {
      event.stopPropagation();
      this.#close();
    }
    if (!(event.key in STEPS) || !this.#menu.open) return;
    event.preventDefault();
    const lines = [...this.querySelectorAll('.menu-list button')];
    const place = lines.indexOf(document.activeElement);
    lines[(place + STEPS[event.key] + lines.length) % lines.length].focus();
  }

  #left(event) {
    if (event.relatedTarget && !this.#menu.contains(event.relatedTarget)) this.#menu.open = false;
  }

  render() {
    const { desk, number } = this;
    const ticket = desk.tickets.get(number);
    if (!ticket) return html``;
    const may = permits(ticket, desk.link.messages(number));
    return html`<details class="menu deeds" @keydown=${this.#pressed} @focusout=${this.#left}>
      <summary class="btn" aria-label=${t('更多操作')}><span class="deeds-long">${t('更多操作')}</span><span class="deeds-short" aria-hidden="true">⋯</span></summary>
      <ul class="rows menu-list">${deeds().map((deed) => html`<li><button class="row" aria-disabled=${Boolean(may[deed.name])}
        @click=${() => this.#choose(deed, may[deed.name])}>${deed.text}${may[deed.name] ? html`<span class="small soft deeds-why">${may[deed.name]}</span>` : ''}</button></li>`)}</ul>
    </details>`;
  }
}
customElements.define('talk-deeds', TalkDeeds);
