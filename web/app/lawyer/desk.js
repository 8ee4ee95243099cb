// What lies on the lawyer's desk: talks, offers, duty. It hears the link, does what the lawyer asks, and says "change"; the
// elements draw it. No drawing here, no DOM.
import { t } from '../i18n.js';
import { newId } from '../id.js';
import { furthest, overtaken } from '../read.js';
import { Retries } from '../staff/retries.js';
import { Behind } from './behind.js';
import { Failed } from './failed.js';

/**
 * Events: "change" · "toast" {text, level} · "offer" {number} · "heard" {number} (a citizen spoke, unseen) ·
 * "accepted" {number} · "left" {number} (no longer on this desk) · "reminded" {kind} (a deadline, a call-back, an opinion or a note).
 */
export class Desk extends EventTarget {
  tickets = new Map(); // number -> ticket, in the order in which they came
  offers = new Map(); // number -> {ticket, expires_at, whole, first, busy}
  duty = null; // {status, capacity, active}
  reason = null;
  seen = new Map(); // number -> the last seq that was looked at
  typing = new Set();
  warned = new Set();
  passing = new Set(); // those that this lawyer is passing on
  #retries = new Retries();

  constructor({ link, time, staffNo = null }) {
    super();
    Object.assign(this, { link, time, staffNo, failed: new Failed() });
    const on = (name, hear) => link.addEventListener(name, ({ detail }) => { hear(detail); this.say('change'); });
    on('ticket', (ticket) => this.hold(ticket));
    on('ticket:offer', (offer) => this.#offered(offer));
    on('ticket:withdrawn_offer', ({ number }) => this.#withdrawn(number));
    on('duty:update', ({ duty, reason }) => { this.duty = duty; this.reason = reason ?? null; });
    on('message', (heard) => this.#heard(heard));
    on('update', () => {});
    on('outbox', () => {});
    on('typing', ({ number, by, on: is }) => by === 'citizen' && this.typing[is ? 'add' : 'delete'](number));
    on('read', ({ number, by, seq }) => this.#read(number, by, seq));
    on('gone', ({ number }) => this.#lose(number, t('咨询 {number} 已不在您名下', { number })));
    on('undelivered', ({ number, payload, error }) => this.failed.add(number, payload, 'message:send', error));
    this.behind = new Behind(this);
  }

  get list() {
    return [...this.tickets.values()];
  }

  /** How many talks take up room: the server tells its own count only when duty changes. */
  get held() {
    return this.list.filter(({ kind, state }) => kind === 'live' && ['active', 'answered'].includes(state)).length;
  }

  unread(number) {
    const seen = this.seen.get(number) ?? 0;
    return this.link.messages(number).filter(({ seq, author }) => seq > seen && author.kind === 'citizen').length;
  }

  get unreadInAll() {
    return this.list.reduce((sum, { number }) => sum + this.unread(number), 0);
  }

  /** Takes a ticket as the server tells it: keeps it, or lets it go when it is another's. */
  hold(ticket) {
    const { number } = ticket;
    const known = this.tickets.get(number);
    if (overtaken(known, ticket)) return;
    if (this.staffNo === null && ticket.assignee) this.staffNo = ticket.assignee.staff_no;
    const mine = ticket.assignee?.staff_no === this.staffNo;
    if (mine && !this.offers.get(number)?.busy) this.offers.delete(number); // accepted on another screen of this lawyer
    this.behind.hold(ticket, mine);
    if (known && !mine) {
      const own = this.passing.delete(number);
      return this.#lose(number, own ? t('咨询 {number} 已转交', { number }) : t('咨询 {number} 已由他人接续', { number }), own ? 'info' : 'warn');
    }
    if (!mine || (ticket.state === 'closed' && !known)) return;
    if (known && known.clock?.due_at !== ticket.clock?.due_at) this.warned.delete(number);
    this.tickets.set(number, { ...ticket, read: furthest(known?.read, ticket.read) });
    if (!known) this.seen.set(number, ticket.read?.staff ?? 0);
    if (!known) this.link.watch(number).catch(() => {});
    this.behind.met(number);
  }

  async setDuty(status) {
    const { duty } = await this.link.emit('duty:set', { status });
    Object.assign(this, { duty, reason: null });
    this.say('change');
  }

  async accept(number) {
    const offer = this.offers.get(number);
    if (!offer || offer.busy) return;
    offer.busy = true;
    this.say('change');
    try {
      const { ticket } = await this.link.emit('ticket:accept', { number });
      this.offers.delete(number);
      this.hold(ticket);
      this.say('accepted', { number });
    } catch (error) {
      if (error.code === 'offline' || error.code === 'timeout') offer.busy = false;
      else this.offers.delete(number);
      this.complain(error);
    }
    this.say('change');
  }

  /** Takes a written message out of the pool. */
  async claim(number) {
    const { ticket } = await this.link.emit('pool:claim', { number });
    this.hold(ticket);
    this.say('accepted', { number });
    this.say('change');
  }

  async decline(number, reason) {
    this.offers.delete(number);
    this.say('change');
    await this.link.emit('ticket:decline', reason ? { number, reason } : { number }).catch((error) => this.complain(error));
  }

  /** Says one line, or gives the answer (`event` ticket:answer). What the server refuses is kept, to be tried again. */
  async send(number, body, event = 'message:send', id = newId()) {
    this.link.typing(number, false);
    const sent = this.time.clock();
    try {
      const ack = await this.link.send(number, { id, body }, event);
      if (ack.sent_at) this.time.answered(ack.sent_at, sent);
    } catch (error) {
      this.failed.add(number, { id, body }, event, error);
      this.say('change');
    }
  }

  /** Sends a refused line once more; a new id, for the old one may stand for another text by now. */
  again(number, failure) {
    this.failed.remove(number, failure);
    return this.send(number, failure.body, failure.event);
  }

  async close(number) {
    const { ticket } = await this.link.emit('ticket:close', { number });
    this.hold(ticket);
    this.say('change');
  }

  /** Does what the server knows under `event`; the ticket that it tells is held. Throws what the server has against it. */
  async deed(event, payload) {
    const ack = await this.#retries.emit(this.link, event, payload);
    if (ack.ticket) this.hold(ack.ticket);
    this.say('change');
    return ack;
  }

  /** Lays a closed talk of this lawyer on the desk again, to be read and called back. */
  async visit(ticket) {
    const { number } = ticket;
    if (!this.tickets.has(number)) {
      this.tickets.set(number, ticket);
      this.seen.set(number, ticket.last_seq);
    }
    this.say('change');
    this.say('accepted', { number });
    await this.link.watch(number);
  }

  /** The lawyer has looked at everything up to `seq`. */
  look(number, seq) {
    if (seq <= (this.seen.get(number) ?? 0)) return;
    this.seen.set(number, seq);
    this.link.read(number, seq);
    this.say('change');
  }

  /** Takes a closed talk off the desk. */
  clear(number) {
    this.#forget(number);
    this.say('change');
  }

  /** Its time is over: away with it, unless an acceptance is on its way, which the server decides. */
  expire(number) {
    if (this.offers.get(number)?.busy) return;
    if (this.offers.delete(number)) this.say('change');
  }

  complain(error) {
    const line = { offline: t('连接中断，未能完成。恢复后请再试。'), timeout: t('服务器没有及时回应，正在核对结果。') }[error.code];
    this.toast(line ?? (error.message || t('未能完成，请再试。')), 'danger');
  }

  toast(text, level = 'info') {
    this.say('toast', { text, level });
  }

  say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  async #offered({ ticket, expires_at: expires }) {
    const { number } = ticket;
    const whole = new Date(expires).getTime() - this.time.now();
    const fresh = !this.offers.has(number);
    this.offers.set(number, { ticket, expires_at: expires, whole: Math.max(whole, 1), first: null, busy: false });
    if (fresh) this.say('offer', { number });
    const { messages } = await this.link.emit('ticket:sync', { number, after_seq: 0, limit: 1 }).catch(() => ({}));
    const offer = this.offers.get(number);
    if (offer && messages?.length) offer.first = messages[0].body;
    this.say('change');
  }

  #withdrawn(number) {
    const offer = this.offers.get(number);
    if (!offer || offer.busy) return;
    this.offers.delete(number);
    this.toast(t('一个派单已结束，未由您接单'));
  }

  #heard({ number, message, fresh }) {
    if (fresh) this.time.heard(message.sent_at);
    if (message.author.kind === 'citizen') {
      this.typing.delete(number);
      if (fresh && this.tickets.has(number)) this.say('heard', { number });
    } else if (message.author.staff_no === this.staffNo && message.author.kind === 'staff') {
      this.seen.set(number, Math.max(this.seen.get(number) ?? 0, message.seq));
    }
  }

  #read(number, by, seq) {
    const ticket = this.tickets.get(number);
    if (!ticket) return;
    if (by === 'staff') this.seen.set(number, Math.max(this.seen.get(number) ?? 0, seq));
    this.tickets.set(number, { ...ticket, read: furthest(ticket.read, { [by]: seq }) });
  }

  #lose(number, why, level = 'warn') {
    if (!this.tickets.has(number)) return;
    this.#forget(number);
    this.toast(why, level);
    this.say('left', { number });
  }

  #forget(number) {
    for (const kept of [this.tickets, this.seen, this.typing, this.warned, this.passing]) kept.delete(number);
    this.behind.forget(number);
    this.failed.drop(number);
    this.link.unwatch(number);
  }
}
