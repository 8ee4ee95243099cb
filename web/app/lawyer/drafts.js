// Unsent words. A line that is being typed stays in this tab: it may hold what a citizen entrusted, so it outlives a reload but
// not the working day on a shared computer. An answer is kept on the server, for the next screen of the same lawyer.
import { draftOf, textOf } from '../staff/answer-frame.js';

const KEY = 'console-lines';
const PAUSE = 800; // ms without a key before an answer is saved

export class Drafts {
  answers = new Map(); // number -> {framed, free, parts, shown}
  state = new Map(); // number -> "saved" | "saving" | "unsaved"
  #timers = new Map();
  #opened = new Map();

  /** @param {Storage|null} storage for lines  @param desk whose link saves answers; without it they stay here */
  constructor(storage, { timers = globalThis } = {}) {
    Object.assign(this, { storage, timers, desk: null });
    try {
      this.kept = JSON.parse(storage?.getItem(KEY)) ?? {};
    } catch {
      this.kept = {};
    }
  }

  /** From now on answers are saved over this desk's link, and again when the line comes back. */
  attach(desk) {
    this.desk = desk;
    desk.link.addEventListener('state', ({ detail }) => detail.state === 'online' && this.flush());
  }

  /** Fetches what the server kept of an answer, once; what is being written here stays. Gives whether anything came. */
  open(number) {
    if (!this.#opened.has(number)) {
      const fetched = this.#fetch(number);
      this.#opened.set(number, fetched);
      fetched.catch(() => this.#opened.delete(number));
    }
    return this.#opened.get(number);
  }

  async #fetch(number) {
    const { body } = await this.desk.link.emit('draft:get', { number });
    if (!body || this.answers.has(number)) return false;
    this.answers.set(number, { ...draftOf(body), shown: true });
    this.#tell(number, 'saved');
    return true;
  }

  /** What was kept of `kind` ("line" or "answer") for a ticket, or null. */
  get(number, kind) {
    return (kind === 'answer' ? this.answers.get(number) : this.kept[number]) ?? null;
  }

  /** Keeps it; null, or nothing in it, forgets it. */
  put(number, kind, value) {
    if (kind === 'answer') {
      if (value === null) this.answers.delete(number);
      else this.answers.set(number, value);
      return this.#later(number, value === null ? 0 : PAUSE);
    }
    if (value === null || value === '') delete this.kept[number];
    else this.kept[number] = value;
    this.#store();
  }

  /** Whether anything unsent waits in this ticket. */
  has(number) {
    return number in this.kept || this.answers.has(number);
  }

  /** Forgets a ticket here; an answer that the server keeps stays with the server. */
  drop(number) {
    for (const one of [this.answers, this.state, this.#opened]) one.delete(number);
    delete this.kept[number];
    this.#store();
  }

  /** Saves at once what is not saved yet: before the page goes, or when the line is back. */
  flush() {
    for (const [number, state] of this.state) if (state !== 'saved') this.#save(number);
  }

  #later(number, ms) {
    if (!this.desk) return;
    this.timers.clearTimeout(this.#timers.get(number));
    this.state.set(number, 'unsaved');
    this.#timers.set(number, this.timers.setTimeout(() => this.#save(number), ms));
  }

  async #save(number) {
    this.timers.clearTimeout(this.#timers.get(number));
    const draft = this.answers.get(number);
    const body = draft ? textOf(draft) : '';
    this.#tell(number, 'saving');
    try {
      await this.desk.link.emit('draft:save', { number, body });
      const now = this.answers.get(number);
      if (this.state.get(number) === 'saving' && (now ? textOf(now) : '') === body) this.#tell(number, 'saved');
    } catch {
      this.#tell(number, 'unsaved');
    }
  }

  #tell(number, state) {
    this.state.set(number, state);
    this.desk?.say('change');
  }

  #store() {
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // A full storage costs the survival of a reload, nothing else.
    }
  }
}
