// Socket.IO as far as this service speaks it: one namespace, JSON, acknowledgements (protocol revision 5). The transports below, with
// their upgrade and heartbeats, are engine.io-client's. What socket.io-client adds to them (several namespaces, binary packets,
// buffers, its own reconnecting) line.js does better or nobody needs, and it was an eighth of what a telephone had to fetch.
import { Socket as Engine } from 'engine.io-client';

const [CONNECT, DISCONNECT, EVENT, ACK, CONNECT_ERROR] = '01234';

/** Says "connect", "connect_error" (Error, with the server's `data` if it refused), "disconnect", and every event under its own name. */
export class Socket {
  connected = false;
  auth = {};
  #prefix; #Engine;
  #engine = null;
  #heard = new Map(); // event -> its one listener
  #any = () => {};
  #acks = new Map();
  #next = 0;

  /** @param {string} namespace "/citizen" @param opts engine.io-client's, read at each connect() as `io.opts` */
  constructor(namespace, opts, engine = Engine) {
    this.#prefix = `${namespace},`;
    this.#Engine = engine;
    this.io = { opts };
  }

  on(name, fn) {
    this.#heard.set(name, fn);
  }

  /** Hears every event of the server's, before its own listener. */
  onAny(fn) {
    this.#any = fn;
  }

  connect() {
    this.#leave();
    const engine = new this.#Engine({ ...this.io.opts });
    const on = (name, fn) => engine.on(name, (said) => engine === this.#engine && fn(said)); // one that was left is not listened to
    on('open', () => engine.send(CONNECT + this.#prefix + JSON.stringify(this.auth)));
    on('data', (packet) => this.#read(packet));
    on('error', (error) => this.#end(error));
    on('close', () => this.#end());
    this.#engine = engine;
  }

  disconnect() {
    if (this.connected) this.#engine.send(DISCONNECT + this.#prefix);
    this.#leave();
    if (this.connected) this.#end();
  }

  emit(name, payload, ack) {
    let id = '';
    if (ack) this.#acks.set(id = this.#next++, ack);
    this.#engine.send(EVENT + this.#prefix + id + JSON.stringify([name, payload]));
  }

  #read(packet) {
    let type, id, data;
    try {
      const rest = packet.slice(1 + this.#prefix.length);
      type = packet[0];
      [id] = /^\d*/.exec(rest);
      data = rest.length > id.length ? JSON.parse(rest.slice(id.length)) : null;
    } catch (error) {
      return this.#end(error);
    }
    if (type === EVENT) {
      this.#any(...data);
      this.#say(...data);
    } else if (type === ACK) {
      const ack = this.#acks.get(Number(id));
      this.#acks.delete(Number(id));
      ack?.(...data);
    } else if (type === CONNECT) {
      this.connected = true;
      this.#say('connect');
    } else if (type === CONNECT_ERROR) this.#end(Object.assign(new Error(data.message), { data: data.data }));
    else if (type === DISCONNECT) this.#end();
  }

  #end(error = new Error('closed')) {
    const was = this.connected;
    this.connected = false;
    this.#acks.clear();
    this.#leave();
    if (was) this.#say('disconnect');
    else this.#say('connect_error', error);
  }

  #leave() {
    const engine = this.#engine;
    this.#engine = null;
    engine?.close();
  }

  #say(name, said) {
    this.#heard.get(name)?.(said);
  }
}
