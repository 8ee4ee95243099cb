// What leaves no message under an id of its own, yet must not be done twice because its acknowledgement was lost: tried again
// with the same words it goes under the same id, until it has worked.
import { newId } from '../id.js';

const ONCE = new Set(['ticket:schedule', 'ticket:note', 'support:ask', 'callback:attempt']);

export class Retries {
  #ids = new Map();

  async emit(link, event, payload) {
    if (!ONCE.has(event)) return link.emit(event, payload);
    const key = `${event}\n${JSON.stringify(payload)}`;
    if (!this.#ids.has(key)) this.#ids.set(key, newId());
    const ack = await link.emit(event, { ...payload, id: this.#ids.get(key) });
    this.#ids.delete(key);
    return ack;
  }
}
