// One consultation: where it stands, the talk, the composer, and what comes after.
import { html, nothing } from 'lit';
import { t } from '../i18n.js';
import { lines } from './lines.js';
import { Part } from './part.js';
import { standing } from './standing.js';
import { clockWords, errorWords, staffWord, stateTone, stateWord } from './words.js';
import '../clock/how.js';
import './composer.js';

class Talk extends Part {
  static properties = {
    ...Part.properties, number: {}, error: { state: true }, busy: { state: true }, open: { state: true }, below: { state: true },
  };

  constructor() {
    super();
    this.open = new Set(); // risk notices unfolded by hand
    this.atEnd = true;
  }

  connectedCallback() {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#look);
    addEventListener('focus', this.#look);
    addEventListener('scroll', this.#scrolled);
    this.watcher = new ResizeObserver(() => this.#stay());
  }

  disconnectedCallback() {
    document.removeEventListener('visibilitychange', this.#look);
    removeEventListener('focus', this.#look);
    removeEventListener('scroll', this.#scrolled);
    this.watcher.disconnect();
    super.disconnectedCallback();
  }

  willUpdate(changed) {
    if (!changed.has('number')) return;
    this.atEnd = true;
    this.error = null;
    this.desk.follow(this.number);
  }

  updated() {
    for (const grows of this.querySelectorAll('.talk-scroll, .talk-content')) this.watcher.observe(grows);
    this.#stay();
    this.#look();
  }

  /** Keeps the newest in view for those who were reading the newest; the others are told that there is more below. */
  #stay = () => {
    const box = this.#box;
    const newest = this.desk.link.messages(this.number).at(-1)?.seq ?? 0;
    const mine = this.desk.unseen(this.number).length;
    const grown = newest > (this.newest ?? 0);
    if (box && (this.atEnd || mine > (this.mine ?? 0))) {
      box.scrollTop = box.scrollHeight;
      this.below = false;
    } else if (grown) this.below = true;
    [this.newest, this.mine] = [newest, mine];
  };

  /** What was really on the screen counts as read, nothing else. */
  #look = () => {
    if (!this.desk.looking || document.visibilityState !== 'visible' || !this.atEnd) return;
    const last = this.desk.link.messages(this.number).at(-1);
    if (last) this.desk.sawUpTo(this.number, last.seq);
  };

  /** What scrolls: the talk itself, or at very large type the whole page. */
  get #box() {
    const inner = this.querySelector('.talk-scroll');
    return inner && getComputedStyle(inner).overflowY === 'visible' ? document.scrollingElement : inner;
  }

  #scrolled = () => {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const up = scrollTop < (this.top ?? 0); // only a hand moves up; what grows moves nothing
    this.top = scrollTop;
    if (scrollHeight - scrollTop - clientHeight < 48) {
      this.atEnd = true;
      this.below = false;
      this.#look();
    } else if (up) this.atEnd = false;
  };

  #toEnd() {
    this.atEnd = true;
    this.#stay();
    this.#look();
  }

  async act(event, payload = {}) {
    this.busy = true;
    this.error = null;
    try {
      await this.desk.act(event, { number: this.number, ...payload });
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  /** Goes to one answer of the talk. */
  jump(seq) {
    const line = this.querySelector(`#said-${seq}`);
    this.atEnd = false;
    line?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: 'start' });
  }

  toggle(key) {
    const open = new Set(this.open);
    if (!open.delete(key)) open.add(key);
    this.open = open;
  }

  render() {
    const ticket = this.desk.tickets.get(this.number);
    if (!ticket) return nothing;
    const caughtUp = this.desk.caughtUp.has(this.number);
    const who = this.desk.typing.get(this.number);
    return html`
      ${this.#head(ticket)}
      <div class="talk-scroll" role="region" aria-label=${t('对话')} tabindex="0" @scroll=${this.#scrolled}>
        <div class="talk-content">
          ${caughtUp || ticket.last_seq === 0 ? nothing : html`<p class="soft waiting">${t('正在取回对话…')}</p>`}
          <div role="log" aria-label=${t('对话')} aria-busy=${!caughtUp}><ol class="talk-lines">${lines(this, ticket)}</ol></div>
          <p class="typing" role="status">${who ? t('{who}正在输入…', { who: who === 'expert' ? t('专家组') : staffWord(ticket.assignee ?? {}) }) : nothing}</p>
          ${caughtUp ? standing(this, ticket) : nothing}
          ${this.error ? html`<p class="notice danger" role="alert">${errorWords(this.error)}</p>` : nothing}
        </div>
      </div>
      <div class="talk-after">
        ${this.below ? html`<button class="btn newer" @click=${this.#toEnd}>${t('有新消息 ↓')}</button>` : nothing}
        ${ticket.state === 'closed' ? this.#closed() : html`<consult-composer .desk=${this.desk} .number=${this.number}></consult-composer>`}
      </div>`;
  }

  #head(ticket) {
    const clock = clockWords(ticket.clock);
    const { assignee } = ticket;
    return html`
      <div class="talk-head">
        <a class="btn quiet back" href="#list" aria-label=${t('返回我的咨询')}><span aria-hidden="true">‹</span></a>
        <div class="talk-title">
          <h1 tabindex="-1">${assignee ? staffWord(assignee) : (ticket.title || t('我的咨询'))}</h1>
          <p class="soft small"><span class="visually-hidden">${t('咨询编号')} </span><span class="number">${ticket.number}</span></p>
        </div>
        <span class="chip ${stateTone(ticket)}" role="status">${stateWord(ticket)}</span>
        <div class="clock-row">${clock ? html`<p class="clock-line ${clock.late ? 'late' : ''}"><span>${clock.text}</span>
          ${clock.next ? html`<span class="soft">${clock.next}</span>` : nothing}</p>` : nothing}
          <clock-how label=${t('这个时限怎么算的')} .desk=${this.desk} .number=${this.number} .load=${this.desk.api.get}></clock-how></div>
      </div>`;
  }

  #closed() {
    return html`<div class="actions closed-actions">
      <a class="btn primary" href="#ask">${t('新的咨询')}</a>
      <button class="btn" @click=${() => print()}>${t('打印记录')}</button>
    </div>`;
  }
}

customElements.define('consult-talk', Talk);
