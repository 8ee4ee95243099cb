// What lies behind the talks and no citizen ever sees: notes, the institution's replies, what experts say, call-backs to make,
// reminders of deadlines. It hears the link for the desk.
import { t, until } from '../i18n.js';
import { since } from '../staff/clock.js';

const SHARE = 0.34; // of a clock's span: a reminder with more left than this is not yet a warning

export class Behind {
  notes = new Map(); // number -> [{place, body, author, about, at}]
  reviews = new Map(); // id -> review
  suggested = new Set(); // ids of those about own answers that are not settled yet
  callbacks = new Map(); // number -> ticket
  reminders = new Map(); // number -> due_at
  owed = new Set(); // numbers of talks, others' too by now, of which this lawyer is to explain a delay
  replies = new Map(); // number -> what the back office replied about a talk that is another's by now
  seen = new Map(); // number -> how many notes and reviews were looked at
  written = new Map(); // number -> a note that is not saved yet
  #known = new Set();
  #early = new Map(); // number -> a reminder of a talk that is not on the desk yet
  #told = new Map(); // number -> the last reminder

  constructor(desk) {
    this.desk = desk;
    const on = (name, hear) => desk.link.addEventListener(name, ({ detail }) => { hear(detail); desk.say('change'); });
    on('note:new', (note) => this.#note(note));
    on('support:reply', (note) => this.#note(note));
    on('review:new', (review) => this.#review(review));
    on('callback:due', (due) => this.#callback(due));
    for (const name of ['deadline:warning', 'deadline:reminder']) on(name, (warning) => this.#remind(name, warning));
    desk.link.addEventListener('state', ({ detail }) => detail.state === 'online' && this.survey());
  }

  /** Notes of a ticket in their order. */
  of(number) {
    return this.notes.get(number) ?? [];
  }

  /** What experts said about a ticket, oldest first. */
  reviewsOf(number) {
    return [...this.reviews.values()].filter((review) => review.number === number);
  }

  /** Suggestions about own answers, of closed talks too, the most urgent first. */
  waiting() {
    return [...this.suggested].map((id) => this.reviews.get(id)).sort((one, other) => one.due_at.localeCompare(other.due_at));
  }

  /** How much of it the lawyer has not looked at. */
  unread(number) {
    const others = this.of(number).filter(({ author }) => author !== this.desk.staffNo).length + this.reviewsOf(number).length;
    return Math.max(0, others - (this.seen.get(number) ?? 0));
  }

  look(number) {
    if (!this.unread(number)) return;
    this.seen.set(number, (this.seen.get(number) ?? 0) + this.unread(number));
    this.desk.say('change');
  }

  /** Follows a ticket that the server told of. */
  hold(ticket, mine) {
    const { number, callback } = ticket;
    if (mine && ['open', 'begun'].includes(callback?.state)) this.callbacks.set(number, ticket);
    else this.callbacks.delete(number);
    this.owed[ticket.explanation_owed_by?.includes(this.desk.staffNo) ? 'add' : 'delete'](number);
    if (this.reminders.has(number) && this.reminders.get(number) !== ticket.clock?.due_at) this.reminders.delete(number);
  }

  /** The call-backs of closed talks, however old, come by no other list, nor do explanations owed for talks that are another's now. */
  async survey() {
    this.#known.clear();
    this.#askOwed();
    this.#askSuggested();
    const before = new Map(this.callbacks);
    const { callbacks } = await this.desk.link.emit('callback:list', {}).catch(() => ({}));
    if (!callbacks) return;
    // What a push told meanwhile is newer than the list.
    const untold = (number) => this.callbacks.get(number) === before.get(number);
    const listed = new Map(callbacks.map((ticket) => [ticket.number, ticket]));
    for (const number of new Set([...before.keys(), ...listed.keys()])) {
      if (!untold(number)) continue;
      if (listed.has(number)) this.callbacks.set(number, listed.get(number));
      else this.callbacks.delete(number);
    }
    for (const number of listed.keys()) this.met(number);
    this.desk.say('change');
  }

  /** Fetches the notes and reviews of a ticket, once a connection; a server without such lists still pushes what is new. */
  async load(number) {
    if (this.#known.has(number) || !this.desk.link.connected) return;
    this.#known.add(number);
    const ask = (event) => this.desk.link.emit(event, { number }).catch((error) => {
      if (error.code === 'offline' || error.code === 'timeout') this.#known.delete(number);
      return {};
    });
    const [{ notes = [] }, { reviews = [] }] = await Promise.all([ask('note:list'), ask('review:list')]);
    for (const note of notes) this.#keep(note);
    for (const review of reviews) this.reviews.set(review.id, review);
    this.desk.say('change');
  }

  /** Accepts or contests a suggestion. */
  async settle(id, how, body) {
    await this.desk.link.emit(`review:${how}`, body ? { id, body } : { id });
    this.#settled(id, how === 'accept' ? 'accepted' : 'contested');
    this.desk.say('change');
  }

  /** Puts an own answer right; that takes up what was suggested about it. */
  async correct(payload) {
    await this.desk.link.emit('answer:correct', payload);
    for (const { id, number, seq } of this.waiting()) if (number === payload.number && seq === payload.seq) this.#settled(id, 'accepted');
    this.desk.say('change');
  }

  #settled(id, state) {
    this.reviews.set(id, { ...this.reviews.get(id), state });
    this.suggested.delete(id);
  }

  async #askSuggested() {
    const { reviews, scorecard } = await this.desk.link.emit('review:own', {}).catch(() => ({}));
    if (!reviews) return;
    this.scores = scorecard ?? null;
    for (const review of reviews) this.reviews.set(review.id, review);
    this.suggested = new Set(reviews.map(({ id }) => id));
    this.desk.say('change');
  }

  async #askOwed() {
    const { explanations } = await this.desk.link.emit('explanation:list', {}).catch(() => ({}));
    if (!explanations) return;
    this.owed = new Set(explanations.map(({ number }) => number));
    this.desk.say('change');
  }

  /** Tells the citizen why it took so long. */
  async explain(number, id, body) {
    await this.desk.link.emit('ticket:explain_delay', { number, id, body });
    this.owed.delete(number);
    this.desk.say('change');
  }

  calm(number) {
    if (this.reminders.delete(number)) this.desk.say('change');
  }

  forget(number) {
    for (const kept of [this.reminders, this.seen, this.notes, this.written]) kept.delete(number);
    this.#known.delete(number);
  }

  #keep(note) {
    const { number, place } = note;
    if (this.of(number).some((one) => one.place === place)) return false;
    this.notes.set(number, [...this.of(number), note].sort((one, other) => one.place - other.place));
    return true;
  }

  /** A reply that came late was read. */
  read(number) {
    if (this.replies.delete(number)) this.desk.say('change');
  }

  #note(note) {
    if (note.about === 'reply' && !this.desk.tickets.has(note.number)) {
      this.replies.set(note.number, note.body); // no panel shows it any more
      this.desk.say('reminded', { kind: 'note' });
      return;
    }
    if (!this.#keep(note) || note.author === this.desk.staffNo) return;
    const told = { reply: () => t('后台已回复咨询 {number}', note), bounced: () => t('咨询 {number} 的提请已被专家退回，理由见内部栏', note) };
    this.desk.toast((told[note.about] ?? (() => t('咨询 {number} 有新的内部备注', note)))());
    this.desk.say('reminded', { kind: 'note' });
  }

  #review(review) {
    this.reviews.set(review.id, review);
    if (review.author === this.desk.staffNo) this.suggested.add(review.id);
    this.desk.toast(t('咨询 {number} 收到专家意见', review));
    this.desk.say('reminded', { kind: 'review' });
  }

  #callback({ number, due_at: due }) {
    this.desk.toast(t('咨询 {number} 须在 {at} 前回访', { number, at: until(due) }), 'warn');
    this.desk.say('reminded', { kind: 'callback' });
    this.desk.link.emit('ticket:sync', { number, after_seq: 0, limit: 1 })
      .then(({ ticket }) => { this.desk.hold(ticket); this.desk.say('change'); }, () => {});
  }

  /** A talk or a call-back is on the desk by now: what was told of it before. */
  met(number) {
    if (this.#early.has(number)) this.#remind(...this.#early.get(number));
  }

  #remind(name, { number, due_at: due }) {
    const ticket = this.desk.tickets.get(number) ?? this.callbacks.get(number);
    if (!ticket) {
      this.#early.set(number, [name, { number, due_at: due }]); // told on connecting, before the list of talks has come
      return;
    }
    this.#early.delete(number);
    if (this.#told.get(number) === `${name} ${due}`) return; // once more, after a short cut
    this.#told.set(number, `${name} ${due}`);
    const [end, begun] = [Date.parse(due), Date.parse(since(ticket, this.desk.link.messages(number)))];
    if (end - this.desk.time.now() <= (end - begun) * SHARE) this.desk.warned.add(number);
    this.reminders.set(number, due);
    this.desk.say('reminded', { kind: 'deadline' });
  }
}
