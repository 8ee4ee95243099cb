// Every 15 s the desk is compared with the server's own list, so that a lost push never becomes a silent gap. What differs is
// fetched; when nothing could be compared for too long, the lawyer is told.
import { t } from '../i18n.js';

const EVERY = 15_000;
const STALE = 40_000;

/** What differs between the desk and the server's list: {missing: [ticket], behind: [number], extra: [number]}. */
export function compare(tickets, lastSeq, listed) {
  const server = new Map(listed.map((ticket) => [ticket.number, ticket]));
  return {
    missing: listed.filter(({ number }) => !tickets.has(number)),
    behind: listed.filter(({ number, last_seq: last }) => tickets.has(number) && lastSeq(number) < last).map(({ number }) => number),
    extra: [...tickets.values()].filter(({ number, state }) => state !== 'closed' && !server.has(number)).map(({ number }) => number),
  };
}

export class Watchdog {
  checkedAt = null; // browser time of the last comparison that worked
  #timer = null;

  constructor(desk, { timers = globalThis } = {}) {
    Object.assign(this, { desk, timers });
    desk.link.addEventListener('state', ({ detail }) => detail.state === 'online' && this.check());
  }

  start() {
    this.#timer = this.timers.setInterval(() => this.check(), EVERY);
  }

  stop() {
    this.timers.clearInterval(this.#timer);
  }

  /** True when the last comparison that worked is too long ago to trust the screen. */
  get stale() {
    return this.checkedAt !== null && this.desk.time.clock() - this.checkedAt > STALE;
  }

  async check() {
    const { desk } = this;
    const lastSeq = (number) => desk.link.messages(number).at(-1)?.seq ?? 0;
    try {
      const { tickets } = await desk.link.emit('ticket:list', { open_only: true });
      const mine = tickets.filter(({ assignee }) => assignee && (desk.staffNo === null || assignee.staff_no === desk.staffNo));
      const first = this.checkedAt === null;
      const { missing, behind, extra } = compare(desk.tickets, lastSeq, mine);
      for (const ticket of mine) desk.hold(ticket);
      await Promise.allSettled([...behind, ...extra].map((number) => desk.link.watch(number)));
      this.checkedAt = desk.time.clock();
      if (!first && missing.length) desk.toast(t('核对时补上了 {n} 个遗漏的咨询', { n: missing.length }), 'warn');
    } catch {
      // The link itself tells that it is cut or slow; `stale` tells it here.
    }
    desk.say('change');
  }
}
