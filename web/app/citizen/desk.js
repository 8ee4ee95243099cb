// Everything the consultation knows, without a word about how it looks. Views read it and hear "change".
import { newId } from '../id.js';
import { Link } from '../link.js';
import { furthest, overtaken } from '../read.js';
import { remember, storage } from './storage.js';

const UNTOLD = { channels: [], told_by: [] };
const SILENT = new Set(['disclaimer', 'rate_us']); // said along with something else, not news of their own

export class Desk extends EventTarget {
  signedIn = false;
  ready = false; // the list of tickets is here
  line = 'offline';
  tickets = new Map();
  typing = new Map(); // number -> kind of the one who types
  pending = new Map(); // number -> lines not yet seen in the log: {id, body, state: sending|stored|failed, at, error?}
  caughtUp = new Set();
  seen = new Map(); // number -> the last seq that was on the screen
  categories = [];
  agreement = null; // {version, title, body}
  agreed = false; // to the present version
  told = UNTOLD; // how news reaches the citizen outside the page
  looking = true; // false while the widget is folded away
  trouble = null; // why the line is closed for good

  constructor({ api, lang, path, limits, getToken = () => api.socketToken() }) {
    super();
    this.api = api;
    this.limits = limits; // {live, message, callback}: how soon, in the reader's words
    this.link = new Link({ namespace: '/citizen', getToken, lang, path, storage });
    const on = (name, fn) => this.link.addEventListener(name, ({ detail }) => { fn(detail); this.changed(); });
    on('state', ({ state }) => { this.line = state; if (state === 'online') this.#refresh(); });
    on('ticket', (ticket) => this.keep(ticket));
    on('queue', ({ number, ...queue }) => this.patch(number, { queue }));
    on('read', ({ number, by, seq }) => this.patch(number, { read: { [by]: seq } }));
    on('typing', ({ number, by, on }) => (on ? this.typing.set(number, by) : this.typing.delete(number)));
    on('message', ({ number, message }) => this.#arrived(number, message));
    on('update', () => {}); // the log has it already; only to be shown
    on('gone', ({ number }) => this.tickets.delete(number));
    on('delivered', ({ payload, ack }) => this.#opened(payload, ack));
    on('undelivered', ({ number, payload, error }) => number && this.#mark(number, payload, { state: 'failed', error }));
    on('refused', (error) => { this.#forget(); this.trouble = error; });
  }

  changed() {
    this.dispatchEvent(new Event('change'));
  }

  /** Starts with the public facts; `account`: the id of whose session the page came with, or nothing. */
  async start(account) {
    const [categories, agreement] = await Promise.all([this.api.get('/categories'), this.api.get('/agreement').catch(() => null)]);
    this.categories = categories.items;
    this.agreement = agreement;
    if (account) await this.enter(account);
    this.changed();
  }

  async signIn(credentials) {
    const account = await this.api.signIn(credentials);
    if (account.role && account.role !== 'citizen') {
      await this.api.signOut();
      throw Object.assign(new Error(), { name: 'LinkError', code: 'forbidden', message: '' });
    }
    await this.enter(account.id);
  }

  async enter(account) {
    this.link.belong(account);
    const me = await this.api.get('/me').catch(() => null);
    this.agreed = Boolean(me?.agreed);
    this.told = me ?? this.told;
    this.signedIn = true;
    this.trouble = null;
    this.link.open();
    this.changed();
  }

  async signOut() {
    this.link.close({ forget: true });
    await this.api.signOut();
    storage.clear();
    this.#forget();
    this.changed();
  }

  #forget() {
    const empty = Object.fromEntries(['tickets', 'typing', 'pending', 'seen'].map((name) => [name, new Map()]));
    Object.assign(this, { signedIn: false, ready: false, told: UNTOLD, caughtUp: new Set() }, empty);
  }

  get accepted() {
    return this.agreed;
  }

  async accept() {
    const { version } = this.agreement;
    try {
      await this.api.post('/agreement/acceptances', { version });
      this.agreed = true;
    } catch (error) {
      if (error.code === 'conflict') this.agreement = await this.api.get('/agreement'); // a newer one: to be read first
      throw error;
    } finally {
      this.changed();
    }
  }

  /** The server asks for the agreement although we thought it accepted. */
  disagree() {
    this.agreed = false;
    this.changed();
  }

  async open(question) {
    const { ticket } = await this.link.send('', question, 'ticket:open');
    this.keep(ticket);
    this.link.watch(ticket.number).catch(() => {});
    return ticket;
  }

  // A question sent before a reload has arrived after it.
  #opened(payload, { ticket }) {
    if (!ticket) return;
    this.keep(ticket);
    remember('draft:ask', null);
    this.dispatchEvent(new CustomEvent('opened', { detail: ticket.number }));
  }

  follow(number) {
    return this.link.watch(number).then(() => { this.caughtUp.add(number); this.changed(); }, () => {});
  }

  /** ticket:convert, ticket:withdraw, ticket:rate … */
  async act(event, payload) {
    const { ticket } = await this.link.emit(event, payload);
    if (ticket) this.keep(ticket);
    this.changed();
  }

  say(number, body, id = newId()) {
    const payload = { id, body };
    this.#mark(number, payload, { state: 'sending', error: null });
    this.link.send(number, payload).then(
      () => this.#mark(number, payload, { state: 'stored' }),
      (error) => this.#mark(number, payload, { state: 'failed', error }),
    ).then(() => this.changed());
    this.changed();
  }

  discard(number, id) {
    this.pending.set(number, this.unseen(number).filter((line) => line.id !== id));
    this.changed();
  }

  /** Own lines that the log does not show yet. */
  unseen(number) {
    if (!this.pending.has(number)) {
      const left = this.link.outbox.of(number).map(({ payload }) => ({ ...payload, state: 'sending', at: new Date() }));
      this.pending.set(number, left);
    }
    return this.pending.get(number);
  }

  keep(ticket) {
    const known = this.tickets.get(ticket.number);
    if (overtaken(known, ticket)) return;
    this.tickets.set(ticket.number, { ...known, ...ticket, read: furthest(known?.read, ticket.read) });
  }

  patch(number, change) {
    if (this.tickets.has(number)) this.keep({ ...this.tickets.get(number), ...change });
  }

  /** Newest first. */
  list() {
    return [...this.tickets.values()].sort((a, b) => (a.opened_at < b.opened_at ? 1 : -1));
  }

  unread({ number, last_seq, read }) {
    const known = this.link.messages(number);
    const seen = Math.max(read?.citizen ?? 0, this.seen.get(number) ?? 0);
    if (!known.length) return read ? Math.max(0, last_seq - seen) : 0;
    return known.filter((message) => message.seq > seen && message.author.kind !== 'citizen' && !SILENT.has(message.notice)).length;
  }

  sawUpTo(number, seq) {
    if (seq <= (this.seen.get(number) ?? 0)) return;
    this.seen.set(number, seq);
    this.link.read(number, seq);
    this.changed();
  }

  async #refresh() {
    try {
      const { tickets } = await this.link.emit('ticket:list', {});
      for (const ticket of tickets) this.keep(ticket);
      this.ready = true;
      this.changed();
    } catch {
      if (this.link.connected) this.link.later(() => this.#refresh(), 2_000);
    }
  }

  #arrived(number, message) {
    const waiting = this.pending.get(number);
    if (waiting && message.author.kind === 'citizen') this.pending.set(number, waiting.filter(({ id }) => id !== message.id));
    if (message.author.kind !== 'citizen') this.typing.delete(number);
  }

  #mark(number, { id, body }, change) {
    const lines = this.unseen(number);
    if (this.link.messages(number).some((message) => message.id === id)) return;
    const old = lines.find((line) => line.id === id);
    if (old) Object.assign(old, change);
    else lines.push({ id, body, at: new Date(), ...change });
  }
}
