// Talks that nobody passed on: the list of those that go on, reading along in one of them, and stepping in. No DOM here.
import { newId } from '../id.js';

export class Reading {
  talks = null; // tickets that go on, but for those of the own house
  category = '';
  number = null; // the one that lies open and is read along

  constructor(desk) {
    this.desk = desk;
  }

  get #link() {
    return this.desk.link;
  }

  /** The list, of one category or of all. */
  async load(category = this.category) {
    this.category = category;
    const { tickets } = await this.#link.emit('talk:list', category ? { category } : {});
    if (category !== this.category) return; // another was chosen meanwhile
    this.talks = tickets;
    tickets.forEach((one) => this.desk.keep(one));
    this.desk.changed();
  }

  reads(number) {
    return this.number === number;
  }

  /** Reads along from here on: it goes on record, and both sides see it. */
  async join(number) {
    const { ticket } = await this.#link.emit('talk:join', { number });
    this.number = number;
    this.desk.tickets.set(number, ticket);
    this.desk.follow(number);
    this.desk.changed();
  }

  /** Reading ends by itself after a while: what lies open goes on, after a cut too. */
  async again() {
    if (!this.number) return;
    try {
      await this.#link.emit('talk:join', { number: this.number });
    } catch (error) {
      if (!['conflict', 'forbidden', 'not_found'].includes(error.code)) throw error;
      this.number = null;
    }
  }

  async leave() {
    const { number } = this;
    if (!number) return;
    this.number = null;
    this.desk.leave(number);
    await this.#link.emit('talk:leave', { number }).catch(() => {}); // else it ends by itself
  }

  /** A line under the expert's own number; it waits in the outbox until it is stored. */
  say(number, body) {
    return this.#link.send(number, { id: newId(), body });
  }
}
