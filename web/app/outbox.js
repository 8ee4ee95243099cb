// What was written and is not yet known to be stored. An entry keeps its id for ever, so that sending it again cannot
// store it twice. Kept in sessionStorage too: a reload in the underground loses nothing.

const memory = () => {
  const kept = new Map();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: (key) => kept.delete(key), clear: () => kept.clear() };
};

export class Outbox {
  /** @param {Storage} storage @param {string} key */
  constructor(storage, key) {
    this.storage = storage ?? memory();
    this.key = key;
    this.entries = []; // {number, event, payload, settle?: {resolve, reject}}
    try {
      this.entries = JSON.parse(this.storage.getItem(key)) ?? [];
    } catch {
      this.entries = [];
    }
  }

  /** The entry of this ticket and id; a new one at the end of the line if there is none. */
  put(number, event, payload) {
    let entry = this.entries.find((one) => one.number === number && one.payload.id === payload.id);
    if (!entry) {
      entry = { number, event, payload };
      this.entries.push(entry);
      this.#save();
    }
    return entry;
  }

  remove(entry) {
    this.entries = this.entries.filter((one) => one !== entry);
    this.#save();
  }

  /** The oldest entry of each ticket: one is under way per ticket, so that order is kept. */
  heads() {
    const first = new Map();
    for (const entry of this.entries) if (!first.has(entry.number)) first.set(entry.number, entry);
    return [...first.values()];
  }

  of(number) {
    return this.entries.filter((entry) => entry.number === number);
  }

  clear() {
    this.entries = [];
    this.#save();
  }

  #save() {
    try {
      if (!this.entries.length) this.storage.removeItem(this.key);
      else this.storage.setItem(this.key, JSON.stringify(this.entries.map(({ number, event, payload }) => ({ number, event, payload }))));
    } catch {
      // A full or forbidden storage costs the survival of a reload, nothing else.
    }
  }
}
