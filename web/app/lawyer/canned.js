// Canned replies: fetched, searched, and filled in with what belongs to the ticket.
import { allOf } from '../staff/api.js';

const URL = '/api/v1/canned-replies';

/** Puts the ticket's {category}, {staff_no} and {number} into a reply; what it does not know it leaves standing. */
export function fillIn(body, values) {
  return body.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
}

/** Those whose title or text has every word of the query; titles first, own before shared. */
export function find(items, query) {
  const asked = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const has = (text) => asked.every((word) => text.toLowerCase().includes(word));
  return items
    .filter(({ title, body }) => has(`${title}\n${body}`))
    .map((item, place) => ({ item, rank: (has(item.title) ? 0 : 2) + (item.own ? 0 : 1), place }))
    .sort((one, other) => one.rank - other.rank || one.place - other.place)
    .map(({ item }) => item);
}

/** Inserts `text` for the selection of a box; gives {value, caret}. A reply begins on a line of its own. */
export function insert({ value, selectionStart: start, selectionEnd: end }, text) {
  const before = value.slice(0, start);
  const gap = before && !before.endsWith('\n') ? '\n' : '';
  return { value: `${before}${gap}${text}${value.slice(end)}`, caret: start + gap.length + text.length };
}

export class Canned {
  /** @param call (method, path, body) => parsed answer */
  constructor(call) {
    this.call = call;
    this.items = [];
    this.failed = false;
  }

  async load() {
    try {
      this.items = await allOf(this.call, URL);
      this.failed = false;
    } catch {
      this.failed = true;
    }
  }

  async add(reply) {
    await this.call('POST', URL, reply);
    await this.load();
  }

  async remove(id) {
    await this.call('DELETE', `${URL}/${encodeURIComponent(id)}`);
    await this.load();
  }
}
