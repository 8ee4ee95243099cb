// Consultations under way and earlier ones.
import { html, nothing } from 'lit';
import { day, t } from '../i18n.js';
import { Part } from './part.js';
import { clockWords, kindWord, stateTone, stateWord } from './words.js';

class List extends Part {
  static properties = { ...Part.properties, framed: { type: Boolean } };

  render() {
    const all = this.desk.list();
    const open = all.filter(({ state }) => state !== 'closed');
    const closed = all.filter(({ state }) => state === 'closed');
    return html`
      <div class="stack loose">
        <div class="cluster spread">
          <h1 tabindex="-1">${t('我的咨询')}</h1>
          <a class="btn primary" href="#ask">${t('新的咨询')}</a>
        </div>
        ${all.length ? nothing : html`<p class="soft">${t('您还没有咨询过。')}</p>`}
        ${this.#group(t('正在进行'), open)}
        ${this.#group(t('以前的咨询'), closed)}
        ${this.framed ? html`<p><button class="btn quiet" @click=${() => this.desk.signOut()}>${t('退出登录')}</button></p>` : nothing}
      </div>`;
  }

  #group(title, tickets) {
    if (!tickets.length) return nothing;
    return html`<section class="stack tight"><h2 class="plain">${title}</h2>
      <ul class="rows">${tickets.map((ticket) => this.#row(ticket))}</ul></section>`;
  }

  #row(ticket) {
    const { number, title, category, kind, opened_at } = ticket;
    const unread = this.desk.unread(ticket);
    const clock = clockWords(ticket.clock);
    const topic = this.desk.categories.find(({ id }) => id === category)?.title ?? category;
    return html`
      <li><a class="row" href="#${number}">
        <span class="cluster spread">
          <strong>${title || topic}</strong>
          <span class="cluster tight">
            ${unread ? html`<span class="count">${unread}<span class="visually-hidden"> ${t('条未读')}</span></span>` : nothing}
            <span class="chip ${stateTone(ticket)}">${stateWord(ticket)}</span>
          </span>
        </span>
        <span class="soft small row-facts"><span>${day(opened_at)}</span><span>${kindWord(kind)}</span><span>${topic}</span><span class="number">${number}</span></span>
        ${clock ? html`<span class="clock-line ${clock.late ? 'late' : ''}">${clock.text}</span>` : nothing}
      </a></li>`;
  }
}

customElements.define('consult-list', List);
