// Talks of this lawyer that are over, to read again.
import { html } from 'lit';
import { day, dayKey, moment, t } from '../i18n.js';
import { category } from '../staff/categories.js';
import { correctable } from './permits.js';
import { said } from '../staff/said.js';
import { Sheet } from './sheets.js';

const outcomes = () => ({
  answered: t('已解答'), withdrawn: t('用户撤回'), expired: t('因无消息结束'), 'refused:out_of_scope': t('不属受理范围'),
  'refused:in_litigation': t('已在诉讼程序中'), 'refused:abuse': t('不当使用'), 'refused:repeated': t('重复咨询'),
});

export class EarlierSheet extends Sheet {
  static properties = { ...Sheet.properties, tickets: { state: true }, one: { state: true }, lines: { state: true }, problem: { state: true } };

  get title_() {
    return this.one ? this.one.number : t('往期咨询');
  }

  async open() {
    Object.assign(this, { tickets: null, one: null, problem: null });
    await super.open();
    try {
      const { tickets } = await this.desk.link.emit('ticket:list', {});
      this.tickets = tickets.filter(({ state }) => state === 'closed').sort((a, b) => b.opened_at.localeCompare(a.opened_at));
    } catch (error) {
      this.problem = error.message || t('暂时取不到，请稍后再试。');
    }
  }

  async #read(ticket) {
    Object.assign(this, { one: ticket, lines: [], problem: null });
    try {
      let more = true;
      while (more && this.one === ticket) {
        const after = this.lines.at(-1)?.seq ?? 0;
        const page = await this.desk.link.emit('ticket:sync', { number: ticket.number, after_seq: after });
        this.lines = [...this.lines, ...page.messages];
        more = page.more && page.messages.length > 0;
      }
    } catch (error) {
      this.problem = error.message || t('暂时取不到，请稍后再试。');
    }
  }

  #correct({ seq }) {
    const { number } = this.one;
    this.close();
    this.dispatchEvent(new CustomEvent('console-deed', { detail: { sheet: 'correct-sheet', number, seq }, bubbles: true }));
  }

  #transcript() {
    let today = '';
    return html`<button class="btn quiet" @click=${() => { this.one = null; }}>← ${t('返回列表')}</button>
      <div class="transcript" tabindex="0" role="region" aria-label=${t('咨询记录')}><ol class="talk-lines">${this.lines.map((message) => {
        const key = dayKey(message.sent_at);
        const fresh = key !== today;
        today = key;
        return html`${fresh ? html`<li class="talk-day">${day(message.sent_at)}</li>` : ''}
          ${said(message, { own: this.desk.staffNo, read: this.one.read?.citizen, correct: correctable(message, this.desk.staffNo) && (() => this.#correct(message)) })}`;
      })}</ol></div>`;
  }

  content() {
    if (this.problem) return html`<p class="notice warn" role="alert">${this.problem}</p>`;
    if (this.one) return this.#transcript();
    if (!this.tickets) return html`<p class="soft" role="status">${t('正在取…')}</p>`;
    if (!this.tickets.length) return html`<p class="soft">${t('还没有已结束的咨询。')}</p>`;
    const names = outcomes();
    return html`<ul class="rows">${this.tickets.map((ticket) => html`<li><button class="row" @click=${() => this.#read(ticket)}>
      <span class="cluster spread"><b>${category(ticket.category)}</b><span class="soft small">${moment(ticket.opened_at)}</span></span>
      <span class="earlier-title">${ticket.title}</span>
      <span class="cluster"><span class="number soft small">${ticket.number}</span><span class="chip">${names[ticket.outcome] ?? ticket.outcome}</span>
        ${ticket.satisfied === null || ticket.satisfied === undefined ? '' : ticket.satisfied
          ? html`<span class="chip ok">${t('用户满意')}</span>` : html`<span class="chip warn">${t('用户不满意')}</span>`}</span>
    </button></li>`)}</ul>`;
  }
}
customElements.define('earlier-sheet', EarlierSheet);
