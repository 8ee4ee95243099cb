// All talks of this desk: a list at the side, tabs on a narrow screen. The order never jumps; what is urgent is marked.
import { html } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { category } from '../staff/categories.js';
import { since } from '../staff/clock.js';
import '../staff/ticking.js';

const snippet = (message) => {
  if (!message) return '';
  const words = message.attachment ? `[${message.attachment.name}]` : message.body;
  return words.replace(/\s+/g, ' ').slice(0, 60);
};

export class ConsoleRail extends Plain {
  static properties = { layout: { attribute: false } };

  updated() {
    this.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #item(ticket, place) {
    const { desk, layout } = this;
    const { number } = ticket;
    const unread = desk.unread(number);
    const lines = desk.link.messages(number);
    const last = lines.findLast(({ type }) => type !== 'notice');
    const idle = lines.at(-1)?.notice === 'idle_warning';
    return html`<li><button class="rail-item ${layout.open.includes(number) ? 'open' : ''}" aria-current=${layout.focus === number}
        @click=${() => this.ask('show', { number })}>
      <span class="rail-top"><b>${category(ticket.category)}</b>
        ${unread ? html`<span class="count"><span class="visually-hidden">${t('未读')} </span>${unread}</span>` : ''}
        ${place < 9 ? html`<kbd aria-hidden="true">${place + 1}</kbd>` : ''}</span>
      <span class="rail-last">${desk.typing.has(number) ? html`<span class="rail-typing">${t('用户正在输入…')}</span>` : snippet(last)}</span>
      <span class="rail-marks"><statutory-clock brief .ticket=${ticket} .time=${desk.time} .begun=${since(ticket, lines)}
          ?warned=${desk.warned.has(number)}></statutory-clock>
        ${this.drafts.has(number) ? html`<span class="soft">${t('有草稿')}</span>` : ''}
        ${idle ? html`<span class="chip warn">${t('将因无消息结束')}</span>` : ''}</span>
    </button></li>`;
  }

  render() {
    const { list } = this.desk;
    return html`<nav class="rail internal" aria-label=${t('在办咨询')}>
      <h2 class="rail-title">${t('在办咨询')} <span class="soft">${list.length}</span></h2>
      ${list.length
        ? html`<ul>${repeat(list, ({ number }) => number, (ticket, place) => this.#item(ticket, place))}</ul>`
        : html`<p class="soft small rail-none">${t('暂无在办咨询')}</p>`}</nav>`;
  }
}
customElements.define('console-rail', ConsoleRail);
