// What the consultation and the console say over the line: messages that are stored exactly once, logs without gaps, and the
// small signs (typing, read, queue) that may get lost.
import { AGAIN, Line, LinkError } from './line.js';
import { Log } from './log.js';
import { Outbox } from './outbox.js';
import { claim } from './owner.js';

export { LinkError };

const TYPING_LASTS = 6_000;
const TYPING_EVERY = 3_000;
const OWN = new Set(['message:new', 'message:update', 'message:read', 'message:typing', 'ticket:update', 'queue:update', 'server:draining']);

/**
 * new Link({namespace: '/citizen', getToken: async () => token, lang, storage: sessionStorage, who}).open()
 *
 * `who`: whose words the storage keeps; where that is known only later, belong(who) comes before open().
 *
 * Events (CustomEvent, see `detail`): "state" {state: connecting|online|lagging|offline|draining} · "refused" LinkError (the
 * server does not let us in; the line is closed) · "ticket" (ticket) · "message" {number, message, fresh} (in order, each once;
 * fresh: just said, not caught up) · "update" {number, message} · "gone" {number} · "typing" {number, by, on} ·
 * "notes" {number, notes} (internal ones, where the desk may read them) · "read" {number, by, seq} · "queue" (queue update) · "outbox" {number} · "delivered" {number, payload, ack} and
 * "undelivered" {number, payload, error} (what was sent before a reload) · and every other push under its own name ("ticket:offer", …) with its payload.
 */
export class Link extends Line {
  #logs = new Map();
  #syncing = new Map(); // number -> promise of the catch-up under way
  #inFlight = new Set();
  #quiet = new Map(); // "number by" -> timer after which somebody no longer types
  #typedAt = new Map();
  #readUpTo = new Map();

  constructor({ storage = null, who = null, ...line }) {
    super(line);
    if (who !== null && storage) claim(storage, who);
    this.outbox = new Outbox(storage, `outbox:${line.namespace}`);
    this.socket.on('message:new', (message) => this.#hear(message));
    this.socket.on('message:update', (message) => {
      if (this.#logs.get(message.ticket)?.replace(message)) this.say('update', { number: message.ticket, message });
    });
    this.socket.on('message:read', ({ ticket, by, seq }) => this.say('read', { number: ticket, by, seq }));
    this.socket.on('message:typing', ({ ticket, by, on }) => this.#types(ticket, by, on));
    this.socket.on('ticket:update', (ticket) => this.say('ticket', ticket));
    this.socket.on('queue:update', (queue) => this.say('queue', queue));
    this.socket.onAny((name, payload) => OWN.has(name) || this.say(name, payload));
  }

  /** Stores one message for good: resolves with its acknowledgement however often the line drops in between, or throws what
   *  the server has against it. `payload.id` is the caller's and stays the same for every repetition. With number '' it is
   *  an event that belongs to no ticket yet (ticket:open). */
  send(number, payload, event = 'message:send') {
    const entry = this.outbox.put(number, event, number ? { number, ...payload } : payload);
    entry.promise ??= new Promise((resolve, reject) => { entry.settle = { resolve, reject }; });
    this.say('outbox', { number });
    this.flush();
    return entry.promise;
  }

  /** Tries again at once what waits in the outbox. */
  flush() {
    if (!this.connected) this.hurry();
    else for (const entry of this.outbox.heads()) this.#deliver(entry);
  }

  /** Follows a ticket: what came after `after` is fetched, and from then on nothing is missed. Resolves when caught up. */
  watch(number, after = 0) {
    if (!this.#logs.has(number)) this.#logs.set(number, new Log(number, after));
    return this.#sync(number);
  }

  unwatch(number) {
    this.#logs.delete(number);
  }

  /** The messages of a followed ticket, in order. */
  messages(number) {
    return this.#logs.get(number)?.messages ?? [];
  }

  /** Tells that the person has seen everything up to `seq`. */
  read(number, seq) {
    const before = this.#readUpTo.get(number) ?? 0;
    if (seq <= before) return;
    this.#readUpTo.set(number, seq);
    this.emit('message:read', { number, seq }).catch(() => this.#readUpTo.set(number, before));
  }

  /** Tells that the person is typing (at most every 3 s) or has stopped. */
  typing(number, on) {
    const since = Date.now() - (this.#typedAt.get(number) ?? 0);
    if (on ? since < TYPING_EVERY : !this.#typedAt.has(number)) return;
    if (on) this.#typedAt.set(number, Date.now());
    else this.#typedAt.delete(number);
    if (this.connected) this.socket.emit('message:typing', { number, on });
  }

  /** From now on the line is that of `who`: another's unsent words are forgotten, the own ones stay. */
  belong(who) {
    if (!claim(this.outbox.storage, who)) this.#forget();
  }

  /** Closes the line; with `forget` nothing of the talk stays behind (signing out on a shared computer). */
  close({ forget = false } = {}) {
    if (forget) this.#forget();
    super.close();
  }

  #forget() {
    this.outbox.clear();
    this.#logs.clear();
    this.#readUpTo.clear();
  }

  catchUp() {
    for (const number of this.#logs.keys()) this.#sync(number).catch(() => {});
    this.flush();
  }

  #hear(message) {
    const number = message.ticket;
    if (!this.#logs.has(number)) return void this.watch(number).catch(() => {});
    this.#types(number, message.author?.kind, false);
    if (this.#show(number, message, true)) this.#sync(number).catch(() => {});
  }

  #show(number, message, fresh) {
    const { shown, gap } = this.#logs.get(number).take(message);
    for (const one of shown) this.say('message', { number, message: one, fresh });
    return gap;
  }

  #sync(number) {
    const log = this.#logs.get(number);
    if (!log) return Promise.resolve();
    log.stale = true;
    if (!this.#syncing.has(number)) {
      this.#syncing.set(number, this.#fetch(number, log).finally(() => this.#syncing.delete(number)));
    }
    return this.#syncing.get(number);
  }

  async #fetch(number, log) {
    try {
      while (log.stale && this.#logs.get(number) === log) {
        log.stale = false;
        const before = log.last;
        const { ticket, messages, more, notes } = await this.emit('ticket:sync', { number, after_seq: log.last });
        if (this.#logs.get(number) !== log) return;
        for (const message of messages) this.#show(number, message, false);
        this.say('ticket', ticket);
        if (notes) this.say('notes', { number, notes });
        if (log.last > before && (more || log.ahead.size)) log.stale = true;
      }
    } catch (error) {
      if (error.code === 'not_found' || error.code === 'forbidden') {
        this.#logs.delete(number);
        this.say('gone', { number });
      } else if (this.connected) {
        this.later(() => this.#sync(number).catch(() => {}), (error.details?.retry_after_s ?? 2) * 1_000);
      } // else the next connection catches up
      throw error;
    }
  }

  async #deliver(entry) {
    if (this.#inFlight.has(entry)) return;
    this.#inFlight.add(entry);
    const { number, payload } = entry;
    try {
      const ack = await this.emit(entry.event, payload);
      this.outbox.remove(entry);
      if (entry.settle) entry.settle.resolve(ack);
      else this.say('delivered', { number, payload, ack });
      this.#expect(number, ack.seq);
    } catch (error) {
      if (AGAIN.has(error.code) && !error.details?.most) { // who has too many open is told so
        if (this.connected) this.later(() => this.flush(), (error.details?.retry_after_s ?? 2) * 1_000);
        return;
      }
      this.outbox.remove(entry);
      if (entry.settle) entry.settle.reject(error);
      else this.say('undelivered', { number, payload, error });
    } finally {
      this.#inFlight.delete(entry);
      this.say('outbox', { number });
    }
    if (this.connected) this.flush();
  }

  /** A stored message that is not pushed back within 2 s is fetched. */
  #expect(number, seq) {
    if (!seq) return;
    this.later(() => {
      if (this.#logs.has(number) && this.#logs.get(number).last < seq && this.connected) this.#sync(number).catch(() => {});
    }, 2_000);
  }

  #types(number, by, on) {
    const key = `${number} ${by}`;
    const known = this.#quiet.has(key);
    if (!on && !known) return;
    this.cancel(this.#quiet.get(key));
    this.#quiet.delete(key);
    if (on) this.#quiet.set(key, this.later(() => this.#types(number, by, false), TYPING_LASTS));
    if (on !== known) this.say('typing', { number, by, on });
  }
}
