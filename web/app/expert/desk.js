// What lies on the panel's desk: questions passed on, answers to be looked at, talks that go on. It hears the link, does what the
// expert asks, and says "change"; the elements draw it. No DOM here.
import { newId } from '../id.js';
import { overtaken } from '../read.js';
import { Retries } from '../staff/retries.js';
import { Reading } from './reading.js';

const card = (scores) => (Object.keys(scores).length ? { scorecard: scores } : {});

export class Desk extends EventTarget {
  escalations = new Map(); // id -> escalation
  fetched = new Set(); // states whose list is here
  offers = new Map(); // id -> {escalation, expires_at, whole, busy}: what this expert is asked to take
  reviews = null; // tickets whose answers wait for a look
  reasons = {}; // number -> why
  own = null; // suggestions of others about this expert's answers, not settled yet
  said = new Map(); // number -> what experts said of its answers, and what became of that
  tickets = new Map();
  notes = new Map(); // number -> [note]
  closed = new Set(); // numbers whose talk is not open to this expert, unless it is read along
  #followed = new Set();
  #retries = new Retries();
  #ids = new Map(); // what is being sent keeps its id, so that trying again cannot say it twice

  constructor({ link, time, staffNo }) {
    super();
    Object.assign(this, { link, time, staffNo });
    this.reading = new Reading(this);
    const on = (name, hear) => link.addEventListener(name, ({ detail }) => { hear(detail); this.changed(); });
    on('state', ({ state }) => state === 'online' && this.load());
    on('escalation:new', ({ escalation }) => this.take(escalation));
    on('escalation:update', ({ escalation }) => this.#updated(escalation));
    on('escalation:offer', (offer) => this.#offered(offer));
    on('ticket', (ticket) => this.keep(ticket));
    on('message', ({ fresh, message }) => fresh && this.time.heard(message.sent_at));
    for (const name of ['update', 'outbox', 'typing']) on(name, () => {});
    on('note:new', (note) => this.#noted(note));
    on('notes', ({ number, notes }) => this.#followed.has(number) && this.notes.set(number, notes));
    on('review:new', (review) => { this.own = [...(this.own ?? []).filter(({ id }) => id !== review.id), review]; });
    on('gone', ({ number }) => { this.tickets.delete(number); this.closed.add(number); });
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  /** Fetches what is open and in hand; what is done only when it is asked for. */
  async load(more = []) {
    const states = new Set(['open', 'claimed', ...this.fetched, ...more]);
    const reviews = this.link.emit('review:list', {}).then(({ tickets, reasons = {} }) => { Object.assign(this, { reviews: tickets, reasons }); tickets.forEach((one) => this.keep(one)); });
    const own = this.link.emit('review:own', {}).then(({ reviews: them }) => { this.own = them; });
    const lists = [...states].map(async (state) => {
      const known = new Map(this.escalations);
      const { escalations } = await this.link.emit('escalation:list', { state });
      const untold = ({ id }) => this.escalations.get(id) === known.get(id); // a push was faster than the list and knows more
      for (const one of known.values()) if (one.state === state && untold(one)) this.escalations.delete(one.id);
      for (const one of escalations) if (!this.escalations.has(one.id) || untold(one)) this.take(one);
      this.fetched.add(state);
    });
    await Promise.allSettled([reviews, own, this.reading.again(), ...lists]); // what failed is fetched with the next connection
    this.changed();
  }

  take(escalation) {
    const { id, state, offered_to: to } = escalation;
    this.escalations.set(id, escalation);
    if (state !== 'open' || to !== this.staffNo) this.offers.delete(id);
    this.keep(escalation.ticket);
  }

  /** Those of one state: who waits longest first, of those that are done the newest first. */
  list(state) {
    const found = [...this.escalations.values()].filter((one) => one.state === state);
    const order = state === 'resolved' ? -1 : 1;
    return found.sort((a, b) => order * a.opened_at.localeCompare(b.opened_at));
  }

  get waiting() {
    return this.list('open').length;
  }

  mine({ state, claimed_by: by }) {
    return state === 'claimed' && by === this.staffNo;
  }

  async claim(id) {
    try {
      this.take((await this.link.emit('escalation:claim', { id })).escalation);
      this.changed();
    } finally {
      this.load();
    }
  }

  /** Leaves it to the next expert: what is offered, or what was claimed and cannot be gone on with. */
  async passOn(id, reason) {
    this.take((await this.link.emit('escalation:pass', reason ? { id, reason } : { id })).escalation);
    this.offers.delete(id);
    this.changed();
  }

  /** Back to the lawyer who asked, with the reason. */
  async bounce(id, reason) {
    const { escalation } = await this.link.emit('escalation:bounce', { id, reason });
    this.take(escalation);
    this.#again(escalation.ticket.number);
    this.changed();
  }

  /** The time of an offer is over here; the server says what comes next. */
  expire(id) {
    if (this.offers.delete(id)) this.changed();
  }

  /** To the lawyer, who answers in their own name. */
  async opinion(id, body) {
    this.take((await this.link.emit('escalation:opinion', { id, body })).escalation);
    this.changed();
  }

  /** To the citizen, under the expert's own number; the lawyer is told on which ground. */
  async answer(id, body, ground) {
    const key = `${id}\n${body}`;
    if (!this.#ids.has(key)) this.#ids.set(key, newId());
    const { escalation } = await this.link.emit('escalation:answer', { id, client_id: this.#ids.get(key), body, ground });
    this.take(escalation);
    this.#again(escalation.ticket.number);
    this.changed();
  }

  /** `scores`: {facts: "met", …}, as far as the expert has marked the parts. */
  async pass(number, scores = {}) {
    await this.link.emit('review:pass', { number, ...card(scores) });
    this.#looked(number);
  }

  /** `wording`: the whole answer as it should read, or undefined. */
  async suggest(number, seq, body, { wording, severity, scores = {} } = {}) {
    await this.link.emit('review:suggest', { number, seq, body, wording, severity, ...card(scores) });
    this.#again(number);
    this.#looked(number);
  }

  /** Accepts what another expert suggests about an own answer: a correction, which the citizen is told of. */
  async correct({ id, number, seq }, body, reason) {
    const key = `${id}\n${body}\n${reason}`;
    if (!this.#ids.has(key)) this.#ids.set(key, newId());
    await this.link.emit('answer:correct', { number, seq, id: this.#ids.get(key), body, reason });
    this.#settled((one) => one.number === number && one.seq === seq, number);
  }

  async contest({ id, number }, body) {
    await this.link.emit('review:contest', { id, body });
    this.#settled((one) => one.id === id, number);
  }

  #settled(which, number) {
    this.own = this.own?.filter((one) => !which(one)) ?? null;
    this.#again(number);
    this.changed();
  }

  async note(number, body) {
    await this.#retries.emit(this.link, 'ticket:note', { number, body });
    await this.#fetchNotes(number);
  }

  /** Follows one talk and its notes until leave(). */
  follow(number) {
    this.#followed.add(number);
    this.closed.delete(number);
    this.link.watch(number).then(() => this.changed(), () => {});
    this.link.emit('review:of', { number }).then(({ reviews }) => { this.said.set(number, reviews); this.changed(); }).catch(() => {});
  }

  leave(number) {
    this.#followed.delete(number);
    this.link.unwatch(number);
    this.notes.delete(number);
  }

  async #fetchNotes(number) {
    const { notes } = await this.link.emit('note:list', { number });
    this.notes.set(number, notes);
    this.changed();
  }

  #again(number) {
    if (this.#followed.has(number)) this.follow(number);
  }

  #updated(escalation) {
    this.take(escalation);
    this.#again(escalation.ticket.number);
  }

  #offered({ escalation, expires_at: expires }) {
    const whole = Date.parse(expires) - this.time.now();
    const fresh = !this.offers.has(escalation.id);
    this.take(escalation);
    this.offers.set(escalation.id, { escalation, expires_at: expires, whole: Math.max(whole, 1), busy: false });
    if (fresh) this.dispatchEvent(new Event('offer'));
  }

  #noted(note) {
    const known = this.notes.get(note.number);
    if (known && !known.some(({ place }) => place === note.place)) this.notes.set(note.number, [...known, note]);
  }

  #looked(number) {
    this.reviews = this.reviews?.filter((ticket) => ticket.number !== number) ?? null;
    this.changed();
  }

  keep(ticket) {
    if (!overtaken(this.tickets.get(ticket.number), ticket)) this.tickets.set(ticket.number, ticket);
  }
}
