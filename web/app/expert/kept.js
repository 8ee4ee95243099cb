// What an expert is writing, kept in this tab until it is sent: it outlives a reload, but not the working day.

export class Kept {
  /** @param {Storage|null} storage @param staffNo whose words they are */
  constructor(storage, staffNo) {
    Object.assign(this, { storage, key: `panel-${staffNo}`, words: {} });
    try {
      this.words = JSON.parse(storage?.getItem(this.key)) ?? {};
    } catch {
      this.words = {};
    }
  }

  /** The unsent words of `kind` for a ticket, or null. */
  get(number, kind) {
    return this.words[`${number} ${kind}`] ?? null;
  }

  /** Keeps them; none forgets them. */
  put(number, kind, words) {
    if (words) this.words[`${number} ${kind}`] = words;
    else delete this.words[`${number} ${kind}`];
    try {
      this.storage?.setItem(this.key, JSON.stringify(this.words));
    } catch {
      // A full storage costs the survival of a reload, nothing else.
    }
  }
}
