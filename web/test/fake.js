// A socket that is moved by hand, and a clock that stands still until told.

export class Clock {
  now = 0;
  #next = 1;
  #due = new Map();

  setTimeout(fn, ms) {
    this.#due.set(this.#next, { at: this.now + ms, fn });
    return this.#next++;
  }

  clearTimeout(id) {
    this.#due.delete(id);
  }

  /** Lets the time pass; what falls due runs in order, and promises settle in between. */
  async pass(ms) {
    const end = this.now + ms;
    for (;;) {
      await settle();
      const [id, next] = [...this.#due].sort(([, a], [, b]) => a.at - b.at)[0] ?? [];
      if (!next || next.at > end) break;
      this.#due.delete(id);
      this.now = next.at;
      next.fn();
    }
    this.now = end;
    await settle();
  }
}

export const settle = async () => {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
};

export class FakeSocket {
  connected = false;
  attempts = 0;
  sent = []; // {name, payload, ack}
  io = { opts: {} };
  #handlers = new Map();
  #any = [];

  constructor(answers = {}) {
    this.answers = answers; // name -> (payload) => ack; absent: no answer
  }

  on(name, fn) {
    this.#handlers.set(name, fn);
  }

  onAny(fn) {
    this.#any.push(fn);
  }

  connect() {
    this.attempts += 1;
    return this;
  }

  disconnect() {
    this.cut();
    return this;
  }

  emit(name, payload, ack) {
    this.sent.push({ name, payload, ack });
    const answer = this.answers[name];
    if (answer && ack) queueMicrotask(() => ack(answer(payload)));
  }

  // What the other side or the network does:

  accept() {
    this.connected = true;
    this.#handlers.get('connect')?.();
  }

  refuse(error) {
    this.#handlers.get('connect_error')?.(error);
  }

  cut() {
    if (!this.connected) return;
    this.connected = false;
    this.#handlers.get('disconnect')?.('transport close');
  }

  push(name, payload) {
    for (const fn of this.#any) fn(name, payload);
    this.#handlers.get(name)?.(payload);
  }

  named(name) {
    return this.sent.filter((one) => one.name === name);
  }
}
