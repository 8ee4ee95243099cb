// The connection itself: a fresh token for each attempt, reconnection that survives hostile networks, acknowledgements with a
// time limit, and an honest word about its own state. What is sent over it is link.js's business.
import { Socket } from './socket.js';

const ANSWER_WITHIN = 10_000; // an acknowledgement later than this counts as lost
const LAG_AFTER = 5_000;
const CONNECT_WITHIN = 10_000;
const WEBSOCKET_WITHIN = 5_000; // the first try; a network that swallows WebSocket is found out soon
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000];
export const AGAIN = new Set(['timeout', 'offline', 'unavailable', 'rate_limited']);

/** A refusal by the server ({code, message, details, article} of the contract), or by the line itself: "timeout", "offline". */
export class LinkError extends Error {
  constructor({ code = 'unavailable', message = '', details = null, article = null } = {}) {
    super(message);
    Object.assign(this, { name: 'LinkError', code, details, article });
  }
}

export class Line extends EventTarget {
  #getToken; #lang; #random; #timers;
  #phase = 'idle'; // idle | asking (for a token) | opening | open | pausing
  #turn = 0; // a newer attempt makes what an older one still says moot
  #tries = 0;
  #refusals = 0;
  #timer = null;
  #waiting = new Set(); // calls without an answer yet
  #wanted = false;
  #polling = false;
  state = 'offline';

  constructor({ namespace, getToken, lang = 'zh', path = '/socket.io/', open = (...to) => new Socket(...to), timers = globalThis, random = Math.random }) {
    super();
    Object.assign(this, { namespace });
    this.#getToken = getToken;
    this.#lang = lang;
    this.#random = random;
    this.#timers = timers;
    // Each attempt to connect needs a fresh token, and a network that swallows WebSocket needs the other transport.
    this.socket = open(namespace, { path, transports: ['websocket', 'polling'], tryAllTransports: true });
    this.socket.on('connect', () => this.#opened());
    this.socket.on('connect_error', (error) => this.#phase === 'opening' && this.#failed(error));
    this.socket.on('disconnect', () => this.#closed());
    this.socket.on('server:draining', ({ reconnect_in_ms: ms = 0 } = {}) => {
      this.#become('draining');
      const turn = this.#turn;
      this.later(() => turn === this.#turn && this.#drop(), ms + 1_000);
    });
  }

  get connected() {
    return this.socket.connected;
  }

  /** Opens the line and keeps it open until close(). */
  open() {
    this.#wanted = true;
    globalThis.document?.addEventListener('visibilitychange', this.#looked);
    globalThis.addEventListener?.('online', this.#looked);
    this.hurry();
    return this;
  }

  close() {
    this.#wanted = false;
    this.#turn += 1;
    globalThis.document?.removeEventListener('visibilitychange', this.#looked);
    globalThis.removeEventListener?.('online', this.#looked);
    this.#timers.clearTimeout(this.#timer);
    this.#phase = 'idle';
    this.socket.disconnect();
    this.#become('offline');
  }

  /** Tries at once instead of at the end of the pause. */
  hurry() {
    if (this.#wanted && (this.#phase === 'idle' || this.#phase === 'pausing')) this.#connect();
  }

  /** Sends one event once; gives its acknowledgement or throws a LinkError. */
  emit(name, payload = {}, { within = ANSWER_WITHIN } = {}) {
    return new Promise((resolve, reject) => {
      if (!this.connected) return reject(new LinkError({ code: 'offline' }));
      const call = { late: false };
      const slow = this.later(() => { call.late = true; this.#judge(); }, LAG_AFTER);
      const lost = this.later(() => {
        reject(new LinkError({ code: 'timeout' }));
        this.#drop(); // nobody said so, but this connection is dead: a new one
        call.cut();
      }, within);
      call.end = (settle, value) => {
        if (!this.#waiting.delete(call)) return;
        this.#timers.clearTimeout(slow);
        this.#timers.clearTimeout(lost);
        settle(value);
        this.#judge();
      };
      call.cut = () => call.end(reject, new LinkError({ code: 'offline' }));
      this.#waiting.add(call);
      this.socket.emit(name, payload, (ack) => {
        if (ack?.ok) call.end(resolve, ack);
        else call.end(reject, new LinkError(ack?.error));
      });
    });
  }

  say(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  later(fn, ms) {
    return this.#timers.setTimeout(fn, ms);
  }

  cancel(timer) {
    this.#timers.clearTimeout(timer);
  }

  /** Called at each new connection and whenever the page is looked at again. */
  catchUp() {}

  #looked = () => {
    if (globalThis.document?.visibilityState === 'hidden') return;
    if (this.connected) this.catchUp();
    else this.hurry();
  };

  async #connect() {
    const turn = ++this.#turn;
    this.#timers.clearTimeout(this.#timer);
    this.#phase = 'asking';
    if (!this.#tries && this.state !== 'draining') this.#become('connecting');
    let token;
    try {
      token = await this.#getToken();
    } catch (error) {
      return turn === this.#turn && this.#failed(error);
    }
    if (turn !== this.#turn) return;
    this.#phase = 'opening';
    this.#timer = this.later(() => this.#failed(), this.#polling ? CONNECT_WITHIN : WEBSOCKET_WITHIN);
    this.socket.auth = { token, lang: this.#lang };
    this.socket.connect();
  }

  #opened() {
    this.#timers.clearTimeout(this.#timer);
    this.#phase = 'open';
    this.#tries = 0;
    this.#refusals = 0;
    this.#become('online');
    this.catchUp();
  }

  #closed() {
    for (const call of [...this.#waiting]) call.cut();
    if (this.#phase !== 'open' || !this.#wanted) return;
    if (this.state !== 'draining') this.#become('connecting');
    this.#pause();
  }

  /** `error`: what the token call threw, what the server said at CONNECT (`data`), a transport's trouble, or nothing. */
  #failed(error) {
    const said = error?.data ?? (error instanceof LinkError ? error : null);
    this.#phase = 'idle';
    this.socket.disconnect();
    if (said?.code && !AGAIN.has(said.code) && (said.code !== 'unauthenticated' || !error.data || this.#refusals++ > 0)) {
      this.close();
      return this.say('refused', said instanceof LinkError ? said : new LinkError(said));
    }
    // From now on polling first: it passes where WebSocket is swallowed, and moves up by itself where it is not.
    this.#polling = true;
    this.socket.io.opts.transports = ['polling', 'websocket'];
    this.#tries += 1;
    if (this.state !== 'draining' || this.#tries > 2) this.#become('offline');
    this.#pause(said?.details?.retry_after_s);
  }

  #pause(seconds) {
    this.#phase = 'pausing';
    this.#turn += 1;
    const pause = seconds ? seconds * 1_000 : PAUSES[Math.min(this.#tries, PAUSES.length - 1)];
    this.#timers.clearTimeout(this.#timer);
    this.#timer = this.later(() => this.#connect(), pause * (0.75 + this.#random() / 2));
  }

  #drop() {
    if (this.connected) this.socket.disconnect();
  }

  #become(state) {
    if (state === this.state) return;
    this.state = state;
    this.say('state', { state });
  }

  #judge() {
    if (!this.connected || this.state === 'draining') return;
    this.#become([...this.#waiting].some((call) => call.late) ? 'lagging' : 'online');
  }
}
