import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link } from '../app/link.js';
import { titled } from '../app/staff/alerts.js';
import { banners } from '../app/staff/banners.js';
import { Bell } from '../app/bell.js';
import { Desk } from '../app/lawyer/desk.js';
import { Retries } from '../app/staff/retries.js';
import { ServerTime } from '../app/staff/server-time.js';
import { compare, Watchdog } from '../app/lawyer/watchdog.js';
import { Clock, FakeSocket, settle } from './fake.js';

const ticket = (number, more = {}) => ({
  number, kind: 'live', category: 'labour', state: 'active', opened_at: '2026-11-23T06:00:00.000Z', clock: null,
  assignee: { staff_no: 'L0017', profession: 'lawyer' }, last_seq: 1, read: { citizen: 0, staff: 0 }, ...more,
});
const line = (number, seq, kind = 'citizen', more = {}) => ({
  ticket: number, seq, id: `m${seq}`, type: 'text', body: `line ${seq}`, sent_at: '2026-11-23T06:00:00.000Z',
  author: { kind, staff_no: kind === 'staff' ? 'L0017' : null }, ...more,
});

async function setUp(server = {}) {
  const state = { tickets: [ticket('A')], lines: { A: [line('A', 1)] }, ...server };
  const clock = new Clock();
  const socket = new FakeSocket({
    'ticket:list': () => ({ ok: true, tickets: state.tickets.filter((one) => one.state !== 'closed') }),
    'ticket:sync': ({ number, after_seq: after }) => {
      const found = state.tickets.find((one) => one.number === number) ?? state.offered;
      if (!found) return { ok: false, error: { code: 'not_found', message: '' } };
      return { ok: true, ticket: found, messages: (state.lines[number] ?? []).filter(({ seq }) => seq > after), more: false };
    },
    'message:read': () => ({ ok: true }),
    ...state.answers,
  });
  const link = new Link({ namespace: '/lawyer', getToken: async () => 't', open: () => socket, timers: clock, random: () => 0.5 });
  const desk = new Desk({ link, time: new ServerTime(), staffNo: 'L0017' });
  const watchdog = new Watchdog(desk, { timers: clock });
  const toasts = [];
  desk.addEventListener('toast', ({ detail }) => toasts.push(detail.text));
  link.open();
  await settle();
  socket.accept();
  await settle();
  return { state, socket, link, desk, watchdog, toasts };
}

test('after connecting the desk holds what the server lists, with its history and what is unread', async () => {
  const { desk, link } = await setUp();
  assert.deepEqual([...desk.tickets.keys()], ['A']);
  assert.equal(link.messages('A').length, 1);
  assert.equal(desk.unread('A'), 1);
});

test('looking at a talk reads it, in the browser and at the server', async () => {
  const { desk, socket } = await setUp();
  desk.look('A', 1);
  assert.equal(desk.unread('A'), 0);
  assert.ok(socket.named('message:read').some(({ payload }) => payload.seq === 1));
});

test('what was read stays read when an earlier answer comes late', async () => {
  const { desk, socket } = await setUp();
  socket.push('message:read', { ticket: 'A', by: 'citizen', seq: 3 });
  desk.hold(ticket('A', { read: { citizen: 1, staff: 1 } }));
  assert.deepEqual(desk.tickets.get('A').read, { citizen: 3, staff: 1 });
});

test('an answer is not taken back by an earlier state of the talk that comes late', async () => {
  const { desk, socket } = await setUp();
  const [before, after] = [{ epoch: 1, last_seq: 1, clock: { due_at: '2026-11-23T07:00:00.000Z' } }, { epoch: 1, last_seq: 3, state: 'answered', clock: null }];
  socket.push('ticket:update', ticket('A', after));
  desk.hold(ticket('A', before));
  assert.equal(desk.tickets.get('A').state, 'answered');
  assert.equal(desk.tickets.get('A').clock, null);
});

test('who has lost a talk hears so though fewer of its lines are shown from then on', async () => {
  const { desk, socket } = await setUp();
  socket.push('ticket:update', ticket('A', { epoch: 1, last_seq: 3 }));
  socket.push('ticket:update', ticket('A', { epoch: 2, last_seq: 2, assignee: { staff_no: 'L0018', profession: 'lawyer' } }));
  assert.equal(desk.tickets.size, 0);
});

test('an offer is announced with its first lines, and its withdrawal takes it away', async () => {
  const offered = ticket('B', { state: 'queued', assignee: null });
  const { desk, socket, toasts } = await setUp({ offered, lines: { A: [], B: [line('B', 1)] } });
  socket.push('ticket:offer', { ticket: offered, expires_at: '2026-11-23T06:00:30.000Z' });
  await settle();
  assert.equal(desk.offers.get('B').first, 'line 1');
  assert.ok(!desk.tickets.has('B'));
  socket.push('ticket:withdrawn_offer', { number: 'B' });
  assert.equal(desk.offers.size, 0);
  assert.equal(toasts.length, 1);
});

test('an accepted offer becomes a talk, a lost race is told', async () => {
  const offered = ticket('B', { state: 'queued', assignee: null, epoch: 0 }); // what ticket:sync still tells is old by then
  const answers = { 'ticket:accept': ({ number }) => (number === 'B' ? { ok: true, ticket: ticket('B', { epoch: 1 }) } : { ok: false, error: { code: 'conflict', message: '已结束' } }) };
  const { desk, socket, toasts } = await setUp({ offered, answers });
  for (const number of ['B', 'C']) socket.push('ticket:offer', { ticket: { ...offered, number }, expires_at: '2026-11-23T06:00:30.000Z' });
  await desk.accept('B');
  await desk.accept('C');
  assert.ok(desk.tickets.has('B'));
  assert.equal(desk.offers.size, 0);
  assert.deepEqual(toasts, ['已结束']);
});

test('an offer accepted on another screen stops ringing here', async () => {
  const offered = ticket('B', { state: 'queued', assignee: null });
  const { desk, socket } = await setUp({ offered });
  socket.push('ticket:offer', { ticket: offered, expires_at: '2026-11-23T06:00:30.000Z' });
  socket.push('ticket:update', ticket('B'));
  assert.equal(desk.offers.size, 0);
  assert.ok(desk.tickets.has('B'));
});

test('a ticket that went to another leaves the desk', async () => {
  const { desk, socket, toasts } = await setUp();
  socket.push('ticket:update', ticket('A', { state: 'queued', assignee: null }));
  assert.equal(desk.tickets.size, 0);
  assert.equal(toasts.length, 1);
});

test('a refused line stays to be sent again, under a new id', async () => {
  let refuse = true;
  const ids = [];
  const answers = {
    'message:send': ({ id }) => {
      ids.push(id);
      return refuse ? { ok: false, error: { code: 'invalid', message: '不行' } } : { ok: true, seq: 2, sent_at: '2026-11-23T06:00:00.000Z' };
    },
  };
  const { desk } = await setUp({ answers });
  await desk.send('A', '一句话');
  const [failure] = desk.failed.of('A');
  assert.equal(failure.message, '不行');
  refuse = false;
  await desk.again('A', failure);
  assert.deepEqual(desk.failed.of('A'), []);
  assert.equal(new Set(ids).size, 2);
});

test('the watchdog finds what no push told', async () => {
  const { state, desk, watchdog, link, toasts } = await setUp();
  state.tickets = [ticket('A', { last_seq: 2 }), ticket('B')];
  state.lines = { A: [line('A', 1), line('A', 2)], B: [line('B', 1)] };
  await watchdog.check();
  assert.ok(desk.tickets.has('B'));
  assert.equal(link.messages('A').length, 2);
  assert.equal(toasts.length, 1);
});

test('the comparison names what is missing, behind and too many', () => {
  const here = new Map([['A', ticket('A')], ['B', ticket('B')], ['Z', ticket('Z', { state: 'closed' })]]);
  const found = compare(here, () => 1, [ticket('A', { last_seq: 3 }), ticket('C')]);
  assert.deepEqual([found.missing.map(({ number }) => number), found.behind, found.extra], [['C'], ['A'], ['B']]);
});

test('the banner tells of a cut, a lag, an old comparison, a pause and a browser without sound', () => {
  const calm = { state: 'online', stale: false, checkedAt: 1, duty: { status: 'on' }, reason: null, silent: false };
  assert.deepEqual(banners(calm), []);
  assert.equal(banners({ ...calm, state: 'offline' })[0].level, 'danger');
  assert.equal(banners({ ...calm, state: 'lagging' }).length, 1);
  assert.equal(banners({ ...calm, stale: true })[0].act, 'retry');
  assert.equal(banners({ ...calm, silent: true })[0].act, 'sound');
  assert.match(banners({ ...calm, duty: { status: 'pause' }, reason: 'missed_offers' })[0].text, /错过/);
  assert.equal(banners({ ...calm, refused: { message: '' } })[0].act, 'login');
});

test('the title counts offers first, then unread lines, and holds nothing of a talk', () => {
  assert.equal(titled('值班台', { offers: 2, unread: 3 }), '【待接单 2】值班台');
  assert.equal(titled('值班台', { offers: 0, unread: 3 }), '(3) 值班台');
  assert.equal(titled('值班台', { offers: 0, unread: 0 }), '值班台');
});

test('the bell repeats until it is stopped, and makes no sound before a gesture allowed it', () => {
  let ticks = null;
  const timers = { setInterval: (fn) => { ticks = fn; return 1; }, clearInterval: () => { ticks = null; } };
  let made = 0;
  class Context {
    state = 'suspended';
    currentTime = 0;
    destination = {};
    resume() { this.state = 'running'; return Promise.resolve(); }
    createOscillator() { made += 1; return { frequency: {}, connect: (to) => to, start() {}, stop() {} }; }
    createGain() { return { gain: { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} }, connect: () => {} }; }
  }
  const bell = new Bell({ Context, timers });
  bell.ring();
  assert.equal(made, 0);
  bell.enable();
  ticks();
  const once = made;
  assert.ok(once > 0);
  ticks();
  assert.equal(made, 2 * once);
  bell.stop();
  assert.equal(ticks, null);
});

test('what is tried again after a lost answer goes under the same id, and a new act under a new one', async () => {
  const sent = [];
  let lost = true;
  const link = { emit: async (event, payload) => { sent.push(payload.id); if (lost) throw new Error('timeout'); return {}; } };
  const retries = new Retries();
  const note = (body) => retries.emit(link, 'ticket:note', { number: 'A', body });
  await assert.rejects(note('内部'));
  lost = false;
  await note('内部');
  await note('内部');
  const [first, again, anew] = sent;
  assert.ok(first && first === again && anew !== again);
  await retries.emit(link, 'callback:begin', { number: 'A' });
  assert.equal(sent.at(-1), undefined);
});
