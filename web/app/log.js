// One ticket's messages as this browser knows them: in order, each once, and honest about gaps. Pure; no socket here.

export class Log {
  /** @param {string} number the ticket's number
   *  @param {number} after the last seq that need not be fetched */
  constructor(number, after = 0) {
    this.number = number;
    this.last = after; // every seq up to here was delivered
    this.messages = [];
    this.ahead = new Map(); // seq -> message that came before its predecessors
    this.stale = true; // a ticket:sync is owed
  }

  /** Takes one message. Gives those that may now be shown, in order; `gap` tells that something before it is missing. */
  take(message) {
    if (message.seq <= this.last) return { shown: [], gap: false };
    this.ahead.set(message.seq, message);
    const shown = [];
    while (this.ahead.has(this.last + 1)) {
      const next = this.ahead.get(++this.last);
      this.ahead.delete(this.last);
      this.#mark(next);
      this.messages.push(next);
      shown.push(next);
    }
    return { shown, gap: this.ahead.size > 0 };
  }

  /** A message that was masked or put right later takes the place of the old one. True when it was here. */
  replace(message) {
    if (this.ahead.has(message.seq)) this.ahead.set(message.seq, message);
    const place = this.messages.findIndex(({ seq }) => seq === message.seq);
    if (place < 0) return false;
    this.messages[place] = message;
    return true;
  }

  // The update of the old answer may have been missed during a cut; the correction itself tells enough.
  #mark({ corrects, seq }) {
    if (!corrects) return;
    const place = this.messages.findIndex((old) => old.seq === corrects);
    if (place >= 0) this.messages[place] = { ...this.messages[place], corrected_by: seq };
  }
}
