// What time it is at the server. The browser's clock may be wrong by minutes; remaining times are drawn by the server's.

/**
 * Keeps the bounds of (server time − browser time) that were observed, and moves the browser's clock as little as they
 * demand: a browser that is right stays as it is, without jitter.
 */
export class ServerTime {
  #low = -Infinity;
  #high = Infinity;

  constructor(clock = () => Date.now()) {
    this.clock = clock;
  }

  /** The server stamped something with `at` before it arrived now: it is at least that late there. */
  heard(at) {
    this.#narrow(new Date(at).getTime() - this.clock(), Infinity);
  }

  /** The server stamped its answer to a request sent at `sent` (browser ms). `grain` is the stamp's own coarseness in ms. */
  answered(at, sent, grain = 0) {
    const time = new Date(at).getTime();
    this.#narrow(time - this.clock(), time + grain - sent);
  }

  /** Milliseconds to add to the browser's clock. */
  get offset() {
    return Math.min(Math.max(0, this.#low), this.#high);
  }

  /** The server's present time in ms since 1970. */
  now() {
    return this.clock() + this.offset;
  }

  #narrow(low, high) {
    if (Number.isNaN(low) || Number.isNaN(high)) return;
    const next = [Math.max(this.#low, low), Math.min(this.#high, high)];
    // Contradicting bounds: one of the clocks was set meanwhile, so only the newest observation counts.
    [this.#low, this.#high] = next[0] <= next[1] ? next : [low, high];
  }
}
