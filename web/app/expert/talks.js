// Talks that go on (7): their list, and one of them, read along by a deliberate act that both sides see.
import { html } from 'lit';
import { t } from '../i18n.js';
import { categories, category } from '../staff/categories.js';
import { since } from '../staff/clock.js';
import { Plain } from '../staff/plain.js';
import '../staff/ticking.js';
import { Box } from './box.js';
import { record } from './record.js';
import { ticketWord } from './words.js';

/** @param desk @param shown the number that is open */
export function talks(desk, shown) {
  const { reading } = desk;
  const choose = (event) => reading.load(event.target.value).catch(() => {});
  return html`
    <div class="field filter"><label for="talk-category" class="visually-hidden">${t('按类别')}</label>
      <select id="talk-category" @change=${choose}><option value="">${t('全部类别')}</option>
        ${categories().map(({ id, title }) => html`<option value=${id} ?selected=${id === reading.category}>${title}</option>`)}</select></div>
    ${!reading.talks ? html`<p class="soft" role="status">${t('正在取…')}</p>`
      : reading.talks.length ? html`<ul class="rows">${reading.talks.map((one) => talk(desk, desk.tickets.get(one.number) ?? one, one.number === shown))}</ul>`
        : html`<p class="soft">${t('没有正在进行的咨询。')}</p>`}`;
}

function talk(desk, ticket, shown) {
  const { number, title, assignee, readers } = ticket;
  return html`<li><a class="row" href="#t/${number}" aria-current=${shown ? 'true' : 'false'}>
    <span class="cluster spread"><b>${category(ticket.category)}</b><span class="chip">${ticketWord(ticket)}</span></span>
    ${title ? html`<span class="row-title">${title}</span>` : ''}
    <statutory-clock brief class="small" .ticket=${ticket} .time=${desk.time}></statutory-clock>
    <span class="cluster tight small"><span class="number soft">${number}</span>${assignee ? html`<span class="soft">${assignee.staff_no}</span>` : ''}
      ${readers?.map((no) => html`<span class="chip info">${t('{no} 旁阅', { no })}</span>`)}</span></a></li>`;
}

class Talk extends Plain {
  static properties = { number: {}, busy: { state: true }, problem: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('number')) this.problem = null;
  }

  async #join() {
    this.busy = true;
    this.problem = null;
    try {
      await this.desk.reading.join(this.number);
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
    } finally {
      this.busy = false;
    }
  }

  #open() {
    const { desk, number } = this;
    return html`${record(desk, number)}
      <note-box .desk=${desk} .drafts=${this.drafts} .number=${number} label=${t('只提醒律师（用户看不到）')}></note-box>
      <expert-speaking .desk=${desk} .drafts=${this.drafts} .number=${number}></expert-speaking>`;
  }

  #closed() {
    return html`<section class="notice stack tight">
      <p>${t('旁阅后可以看到对话，也可以只提醒律师，或以专家身份发言。')}</p>
      <p class="small">${t('旁阅会记录在案，用户和律师都看得到；离开本页或半小时没有打开，旁阅结束。')}</p>
      <p><button class="btn primary" ?disabled=${this.busy} @click=${this.#join}>${t('开始旁阅')}</button></p></section>`;
  }

  render() {
    const { desk, number } = this;
    const ticket = desk.tickets.get(number);
    return html`<article class="matter" aria-labelledby="matter-title">
      <header class="matter-head internal">
        <div class="cluster spread"><h2 id="matter-title" tabindex="-1">${ticket ? category(ticket.category) : ''} <span class="number soft small">${number}</span></h2>
          ${ticket ? html`<span class="chip">${ticketWord(ticket)}</span>` : ''}</div>
        ${ticket ? html`<statutory-clock .ticket=${ticket} .time=${desk.time} .begun=${since(ticket, desk.link.messages(number))}></statutory-clock>
          <p class="small soft">${ticket.assignee ? t('承办：{no}', { no: ticket.assignee.staff_no }) : t('还没有人接手')}</p>
          ${ticket.title ? html`<p class="row-title">${ticket.title}</p>` : ''}` : ''}
      </header>
      ${this.problem ? html`<p class="notice danger" role="alert">${this.problem}</p>` : ''}
      ${desk.reading.reads(number) ? this.#open() : this.#closed()}
    </article>`;
  }
}
customElements.define('expert-talk', Talk);

/** A line in the talk itself: the one place here that the citizen hears. */
class Speaking extends Box {
  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('number')) this.text = this.drafts.get(this.number, 'line') ?? '';
  }

  render() {
    const { desk, number } = this;
    const say = () => this.fits && !this.busy && this.send(() => desk.reading.say(number, this.text.trim()), 'line');
    const met = desk.link.messages(number).some(({ author }) => author.staff_no === desk.staffNo);
    return html`<section class="panel-writing direct" aria-label=${t('以专家身份发言')}>
      <label for="line-${number}"><strong>${t('以专家身份发言')}</strong>
        <span class="small">${t('用户会看到，署您的编号 {no}。', { no: desk.staffNo })}${met ? '' : t('第一次发言前，系统会先告知用户专家已加入。')}</span></label>
      <textarea id="line-${number}" rows="3" .value=${this.text} @input=${(event) => this.keep('line', event.target.value)}
        @keydown=${(event) => this.pressed(event, say)}></textarea>
      ${this.trouble()}
      <div class="cluster acts">${this.count()}<button class="btn primary" aria-disabled=${!this.fits || this.busy} @click=${say}>${t('发送')}</button></div>
    </section>`;
  }
}
customElements.define('expert-speaking', Speaking);
