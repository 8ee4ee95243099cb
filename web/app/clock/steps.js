// Every start, stop, suspension and change of a ticket's clocks, and where it stands: the server's list, in the server's words.
import { html, LitElement, nothing } from 'lit';
import { learn, moment, t, until } from '../i18n.js';

class ClockSteps extends LitElement {
  static properties = { desk: { attribute: false }, number: {}, load: { attribute: false }, told: { state: true }, failed: { state: true } };

  #look = () => { if (this.#mark() !== this.mark) this.#fetch(); };

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.desk.addEventListener('change', this.#look);
    this.#fetch();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.desk.removeEventListener('change', this.#look);
  }

  /** Differs when something may have happened to the clock, and not with plain talk. */
  #mark() {
    const { desk, number } = this;
    const { clock, state, epoch, callback, satisfied } = desk.tickets.get(number) ?? {};
    const notice = desk.link.messages(number).findLast(({ type }) => type === 'notice')?.seq;
    return JSON.stringify([clock, state, epoch, callback, satisfied, notice, desk.warned?.has(number)]);
  }

  async #fetch() {
    const mark = this.#mark();
    this.mark = mark;
    try {
      const told = await this.load(`/tickets/${this.number}/clock`);
      if (mark === this.mark) Object.assign(this, { told, failed: false });
    } catch {
      if (mark === this.mark) this.failed = true;
    }
  }

  #step({ at, what, title, name, rule, basis, due_at: due, staff_no: no, answerable }) {
    return html`<li class=${what}>
      <p><strong>${title}</strong> <span class="soft small when">${name} · <time datetime=${at}>${moment(at)}</time></span></p>
      <p>${rule} <span class="soft small basis">${basis}</span></p>
      ${no ? html`<p class="soft small">${answerable === false ? t('由 {no} 承办，接手不久，不计其延误', { no }) : t('由 {no} 承办', { no })}</p>` : nothing}
      ${this.#due(due)}</li>`;
  }

  #due(due) {
    return due ? html`<p class="small">${t('到期：{time}', { time: until(due) })}</p>` : nothing;
  }

  render() {
    const { told, failed } = this;
    return html`
      ${failed ? html`<p class="notice warn" role="alert">${t('未能取得，请再试。')} <button class="btn" @click=${this.#fetch}>${t('再试一次')}</button></p>` : nothing}
      ${told ? html`<ol class="clock-steps">${told.items.map((step) => this.#step(step))}
        <li class="now ${told.clock?.late ? 'late' : ''}"><p role="status"><strong>${t('现在')}</strong> ${told.standing}</p>
          ${this.#due(told.clock?.due_at)}</li></ol>` : failed ? nothing : html`<p class="soft" role="status">${t('正在取计时说明…')}</p>`}`;
  }
}
customElements.define('clock-steps', ClockSteps);

/** True once the words are here. */
export const ready = learn(() => import('words:app/clock')).then(() => true);
