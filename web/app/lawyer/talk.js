// One talk: who and what, the clock, everything said, and where the lawyer writes.
import { html } from 'lit';
import { moment, t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { category } from '../staff/categories.js';
import { anew } from '../staff/asked-anew.js';
import { since } from '../staff/clock.js';
import { lines } from './lines.js';
import '../clock/how.js';
import '../staff/ticking.js';
import './composer.js';
import './answer-sheet.js';
import './callback-card.js';
import './deeds.js';
import './side.js';

const BOTTOM = 48; // px from the end that still count as "at the end"

export class ConsoleTalk extends Plain {
  static properties = {
    number: {}, focused: { type: Boolean }, answering: { state: true }, told: { state: true }, below: { state: true },
    side: { state: true },
  };

  #atEnd = true;
  #drawn = 0;
  #room = 0;
  #resized = new ResizeObserver(() => this.#settle());

  get ticket() {
    return this.desk.tickets.get(this.number);
  }

  get #log() {
    return this.querySelector('.talk-log');
  }

  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('number')) return;
    this.answering = Boolean(this.number && this.drafts.get(this.number, 'answer')?.shown);
    this.told = null;
    this.side = null;
    this.#atEnd = true;
    this.#drawn = 0;
    if (this.number) this.#open(this.number);
  }

  /** What the server keeps behind this talk: an unsent answer, notes, opinions. */
  async #open(number) {
    if (!this.desk.tickets.has(number)) return;
    this.desk.behind.load(number);
    const fetched = await this.drafts.open(number).catch(() => false);
    if (fetched && number === this.number && !this.drafts.get(number, 'line') && this.#may) this.answering = true;
  }

  updated() {
    const log = this.#log;
    if (!log) return;
    this.#resized.observe(log);
    if (log.scrollHeight !== this.#drawn) this.#settle();
    this.below = !this.#atEnd && this.desk.unread(this.number) > 0;
    this.#look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  /** Stays at the end when lines come or the room changes, unless the lawyer reads further up. */
  #settle() {
    const log = this.#log;
    if (!log) return;
    this.#room = log.clientHeight;
    this.#drawn = log.scrollHeight;
    if (this.#atEnd) log.scrollTop = log.scrollHeight;
  }

  /** What is in view of a lawyer who looks at it is read. */
  #look() {
    if (document.hidden || !document.hasFocus() || !this.#atEnd || !this.ticket) return;
    const last = this.desk.link.messages(this.number).at(-1);
    if (last) this.desk.look(this.number, last.seq);
  }

  look() {
    this.#look();
  }

  #scrolled() {
    const log = this.#log;
    const end = log.scrollHeight - log.scrollTop - log.clientHeight < BOTTOM;
    // Not at the end because the room or the lines changed meanwhile: that is not the lawyer scrolling up.
    if (!end && (log.clientHeight !== this.#room || log.scrollHeight !== this.#drawn)) return this.#settle();
    this.#atEnd = end;
    if (this.#atEnd) {
      this.below = false;
      this.#look();
    }
  }

  #toEnd() {
    this.#atEnd = true;
    this.#log.scrollTop = this.#log.scrollHeight;
  }

  async write() {
    if (this.answering) this.#show(false);
    await this.enter();
  }

  /** Goes to where the lawyer was writing in this talk. */
  async enter() {
    await this.updateComplete;
    const place = this.querySelector('talk-composer, answer-sheet');
    await place?.updateComplete;
    place?.querySelector('textarea')?.focus();
  }

  async answer() {
    if (!this.#may) return;
    this.#show(true);
    await this.enter();
  }

  /** Opens what is internal, at a note or at a question to the back office; again, closes it. */
  async inside(about = null) {
    this.side = about ?? (this.side ? null : 'note');
    await this.updateComplete;
    const side = this.querySelector('internal-side');
    await side?.updateComplete;
    if (side) side.enter();
    else this.#log.focus();
  }

  more() {
    this.querySelector('talk-deeds')?.enter();
  }

  #show(on) {
    this.answering = on;
    const kept = this.drafts.get(this.number, 'answer');
    if (kept) this.drafts.put(this.number, 'answer', { ...kept, shown: on });
  }

  get #may() {
    return ['active', 'scheduled', 'answered'].includes(this.ticket?.state);
  }

  close() {
    if (this.ticket.state === 'closed') this.ask('clear', { number: this.number });
    else if (this.ticket.state === 'answered') this.ask('close', { number: this.number });
    else if (this.#may) this.told = t('还不能结束：尚未作出解答。请先用「解答」回复，它会停止法定计时；之后即可结束并请用户评价（第二十三、二十四条）。');
  }

  #edit(failure) {
    this.desk.failed.remove(this.number, failure);
    const kind = failure.event === 'ticket:answer' ? 'answer' : 'line';
    this.drafts.put(this.number, kind, kind === 'answer' ? { free: failure.body, framed: false, shown: true } : failure.body);
    if (kind === 'answer') this.answer();
    else this.querySelector('talk-composer').reload();
    this.requestUpdate();
  }

  #again(ticket) {
    if (!ticket.earlier) return '';
    const { number } = ticket.earlier;
    return html`<p class="talk-about"><strong>${t('曾咨询 {number}：{because}', { number, because: anew(ticket) ?? t('同一问题') })}</strong></p>`;
  }

  #escalation({ escalation }) {
    const word = { open: t('已报专家组'), claimed: t('专家处理中') }[escalation?.state];
    if (escalation?.state === 'resolved' && escalation.how === 'bounced') return html`<span class="chip warn">${t('专家已退回')}</span>`;
    return word ? html`<span class="chip info">${word}</span>` : '';
  }

  #head(ticket) {
    const { number } = this;
    const unread = this.desk.behind.unread(number);
    return html`<header class="talk-head internal">
      <div class="talk-title">
        <h2 id="talk-${number}">${category(ticket.category)}</h2>
        <span class="number soft small" id="no-${number}">${number}</span>
        ${ticket.on_behalf_of === 'relative_or_friend' ? html`<span class="chip">${t('代亲友咨询')}</span>` : ''}
        ${this.#escalation(ticket)}
        ${ticket.readers?.map((no) => html`<span class="chip info">${t('专家 {no} 正在旁阅', { no })}</span>`)}
        ${ticket.satisfied === true ? html`<span class="chip ok">${t('用户满意')}</span>` : ''}
        ${ticket.satisfied === false ? html`<span class="chip warn">${t('用户不满意')}</span>` : ''}
      </div>
      <div class="talk-acts">
        <button class="btn" aria-expanded=${Boolean(this.side)} @click=${() => this.inside()}>${t('内部')}${unread
          ? html` <span class="count"><span class="visually-hidden">${t('未读')} </span>${unread}</span>` : ''}</button>
        <talk-deeds .desk=${this.desk} .number=${number}></talk-deeds>
        ${ticket.state === 'closed'
          ? html`<button class="btn" @click=${() => this.ask('clear', { number })}>${t('移出')}</button>`
          : html`<button class="btn" aria-disabled=${ticket.state !== 'answered'} @click=${this.close}>${t('结束')}</button>`}</div>
      <div class="clock-row"><statutory-clock .ticket=${ticket} .time=${this.desk.time} .begun=${since(ticket, this.desk.link.messages(number))}
        ?warned=${this.desk.warned.has(number)}></statutory-clock>
        <clock-how label=${t('这个时限怎么算的')} .desk=${this.desk} .number=${number} .load=${this.desk.get}></clock-how></div>
    </header>`;
  }

  #foot(ticket) {
    const callback = ['open', 'begun'].includes(ticket.callback?.state)
      ? html`<callback-card .desk=${this.desk} .ticket=${ticket}></callback-card>` : '';
    if (ticket.state === 'closed') {
      return html`${callback}<p class="talk-over internal">${ticket.outcome === 'answered' ? t('本次咨询已结束。用户评价后会显示在上方。') : t('本次咨询已结束。')}</p>`;
    }
    return html`${callback}
      <div class="typing" aria-live="polite">${this.desk.typing.has(this.number) ? t('用户正在输入…') : ''}</div>
      ${this.told && ticket.state !== 'answered' ? html`<div class="notice warn" role="alert">${this.told}
        <button class="btn quiet" @click=${this.answer}>${t('撰写解答')}</button></div>` : ''}
      ${this.answering
        ? html`<answer-sheet .desk=${this.desk} .drafts=${this.drafts} .canned=${this.canned} .number=${this.number}
            @done=${() => this.write()} @sent=${() => { this.told = null; this.#atEnd = true; this.write(); }}></answer-sheet>`
        : html`<talk-composer .desk=${this.desk} .drafts=${this.drafts} .canned=${this.canned} .number=${this.number}
            @sent=${() => { this.#atEnd = true; }} @answer=${() => this.answer()}></talk-composer>`}`;
  }

  render() {
    const { ticket, number } = this;
    if (!ticket) return html``;
    return html`<section class="talk ${this.focused ? 'focused' : ''}" aria-labelledby="talk-${number} no-${number}"
      @focusin=${() => this.ask('focus', { number })} @pointerdown=${() => this.ask('focus', { number })}>
      ${this.#head(ticket)}
      <div class="talk-body ${this.side ? 'sided' : ''}">
      <div class="talk-log" role="log" tabindex="0" aria-label=${t('与用户的对话')} @scroll=${this.#scrolled}>
        ${ticket.title ? html`<p class="talk-about soft small">${ticket.title} · ${t('{at} 提出', { at: moment(ticket.opened_at) })}</p>` : ''}
        ${this.#again(ticket)}
        <ol class="talk-lines">${lines(this.desk, ticket, {
          correct: (seq) => this.ask('deed', { sheet: 'correct-sheet', number, seq }), edit: (failure) => this.#edit(failure) })}</ol>
      </div>
      ${this.below ? html`<button class="btn to-end" @click=${this.#toEnd}>${t('↓ 有新消息')}</button>` : ''}
      <div class="talk-foot">${this.#foot(ticket)}</div>
      ${this.side ? html`<internal-side .desk=${this.desk} .number=${number} .about=${this.side}
        @done=${() => this.inside()}></internal-side>` : ''}
      </div>
    </section>`;
  }
}
customElements.define('console-talk', ConsoleTalk);
