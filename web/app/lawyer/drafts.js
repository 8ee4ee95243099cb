// Unsent words, kept per ticket until they are sent or the tab is closed: they may hold what a citizen entrusted, so they
// outlive a reload but not the working day on a shared computer.

const KEY = 'console-drafts';

export class Drafts {
  /** @param {Storage|null} storage */
  constructor(storage) {
    this.storage = storage;
    this.kept = {};
    try {
      this.kept = JSON.parse(storage?.getItem(KEY)) ?? {};
    } catch {
      this.kept = {};
    }
  }

  /** What was kept of `kind` ("line" or "answer") for a ticket, or null. */
  get(number, kind) {
    return this.kept[number]?.[kind] ?? null;
  }

  /** Keeps it; null, or nothing in it, forgets it. */
  put(number, kind, value) {
    const ticket = { ...this.kept[number] };
    if (value === null || value === '') delete ticket[kind];
    else ticket[kind] = value;
    if (Object.keys(ticket).length) this.kept[number] = ticket;
    else delete this.kept[number];
    this.#save();
  }

  /** Whether anything unsent waits in this ticket. */
  has(number) {
    return number in this.kept;
  }

  drop(number) {
    delete this.kept[number];
    this.#save();
  }

  #save() {
    try {
      this.storage?.setItem(KEY, JSON.stringify(this.kept));
    } catch {
      // A full storage costs the survival of a reload, nothing else.
    }
  }
}
