import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link } from '../app/link.js';
import { banners } from '../app/staff/banners.js';
import { Desk } from '../app/lawyer/desk.js';
import { Drafts } from '../app/lawyer/drafts.js';
import { ServerTime } from '../app/staff/server-time.js';
import { wakes } from '../app/lawyer/wakes.js';
import { Clock, FakeSocket, settle } from './fake.js';

const callback = { state: 'open', at: null, who: null, attempts: 0, provisional: false };
const ticket = (number, more = {}) => ({
  number, kind: 'live', category: 'labour', state: 'active', opened_at: '2026-11-23T06:00:00.000Z', clock: null, callback: null,
  assignee: { staff_no: 'L0017', profession: 'lawyer' }, last_seq: 1, read: { citizen: 0, staff: 0 }, ...more,
});
const note = (place, more = {}) => ({ number: 'A', place, body: `note ${place}`, author: 'S0001', about: 'note', at: '2026-11-23T06:00:00.000Z', ...more });

async function setUp({ tickets = [ticket('A')], callbacks = [], answers = {} } = {}) {
  const clock = new Clock();
  const socket = new FakeSocket({
    'ticket:list': () => ({ ok: true, tickets }),
    'callback:list': () => ({ ok: true, callbacks }),
    'ticket:sync': ({ number }) => ({ ok: true, ticket: [...tickets, ...callbacks].find((one) => one.number === number), messages: [], more: false }),
    'draft:save': () => ({ ok: true }),
    'draft:get': () => ({ ok: true, body: null }),
    ...answers,
  });
  const link = new Link({ namespace: '/lawyer', getToken: async () => 't', open: () => socket, timers: clock, random: () => 0.5 });
  const desk = new Desk({ link, time: new ServerTime(() => Date.parse('2026-11-23T06:50:00.000Z')), staffNo: 'L0017' });
  const drafts = new Drafts(null, { timers: clock });
  drafts.attach(desk);
  link.open();
  await settle();
  socket.accept();
  await settle();
  desk.hold(ticket('A'));
  return { clock, socket, link, desk, drafts, behind: desk.behind };
}

test('notes stand once and in order, and only those of others are unread', async () => {
  const { socket, behind } = await setUp();
  for (const one of [note(2), note(1, { author: 'L0017' }), note(2)]) socket.push('note:new', one);
  socket.push('support:reply', note(3, { about: 'reply' }));
  assert.deepEqual(behind.of('A').map(({ place }) => place), [1, 2, 3]);
  assert.equal(behind.unread('A'), 2);
  behind.look('A');
  assert.equal(behind.unread('A'), 0);
});

test('a reply about a talk that is a colleague\'s by now is shown until it was read', async () => {
  const { socket, behind } = await setUp();
  socket.push('support:reply', note(4, { number: 'Z', about: 'reply', body: '按约定基数。' }));
  assert.deepEqual([...behind.replies], [['Z', '按约定基数。']]);
  const [shown] = banners({ state: 'online', replies: [...behind.replies] });
  assert.match(shown.text, /Z.*按约定基数/);
  assert.equal(shown.act, 'read');
  behind.read('Z');
  assert.equal(behind.replies.size, 0);
});

test('a server that cannot list notes loses nothing of what it pushes', async () => {
  const refuse = () => ({ ok: false, error: { code: 'unknown_event', message: '' } });
  const { socket, behind } = await setUp({ answers: { 'note:list': refuse, 'review:list': refuse } });
  socket.push('note:new', note(1));
  await behind.load('A');
  assert.equal(behind.of('A').length, 1);
});

test('an accepted suggestion stays, marked', async () => {
  const { socket, behind } = await setUp({ answers: { 'review:accept': () => ({ ok: true }) } });
  socket.push('review:new', { id: 'A.r1', number: 'A', seq: 3, body: 'x', by: 'E0001', kind: 'suggestion', state: 'open', opened_at: '2026-11-23T06:00:00.000Z' });
  await behind.settle('A.r1', 'accept');
  assert.equal(behind.reviewsOf('A')[0].state, 'accepted');
  assert.deepEqual(socket.named('review:accept')[0].payload, { id: 'A.r1' });
});

test('suggestions about own answers are found after connecting, the most urgent first, and go with the correction', async () => {
  const about = (id, number, hour) => ({ id, number, seq: 3, body: 'x', wording: 'y', author: 'L0017', by: 'E0001', kind: 'suggestion',
    state: 'open', opened_at: '2026-11-23T06:00:00.000Z', due_at: `2026-11-24T0${hour}:00:00.000Z` });
  const { socket, behind } = await setUp({ answers: {
    'review:own': () => ({ ok: true, reviews: [about('B.r1', 'B', 6)] }), 'answer:correct': () => ({ ok: true, seq: 7 }) } });
  socket.push('review:new', about('A.r1', 'A', 5));
  socket.push('review:new', { ...about('A.r2', 'A', 4), author: 'E0001' }); // another's answer
  assert.deepEqual(behind.waiting().map(({ id }) => id), ['A.r1', 'B.r1']);
  await behind.correct({ number: 'B', seq: 3, id: 'c', body: 'y', reason: 'x' });
  assert.deepEqual(behind.waiting().map(({ id }) => id), ['A.r1']);
  assert.equal(behind.reviews.get('B.r1').state, 'accepted');
});

test('call-backs of closed talks are found after connecting, and go when they are done', async () => {
  const due = ticket('B', { state: 'closed', callback, callback_due_at: '2026-11-26T16:00:00.000Z' });
  const { behind, desk } = await setUp({ callbacks: [due] });
  assert.deepEqual([...behind.callbacks.keys()], ['B']);
  assert.ok(!desk.tickets.has('B'));
  await desk.visit(due);
  assert.ok(desk.tickets.has('B'));
  desk.hold({ ...due, callback: { ...callback, state: 'done' } });
  assert.equal(behind.callbacks.size, 0);
});

test('a list of call-backs takes away what is done, and nothing that a push has told since', async () => {
  const due = (number, more) => ticket(number, { state: 'closed', callback, callback_due_at: '2026-11-26T16:00:00.000Z', ...more });
  const callbacks = [due('B'), due('C')];
  const { behind, desk } = await setUp({ callbacks });
  callbacks.splice(0, 2, due('C'));
  const listed = behind.survey();
  desk.hold(due('D'));
  desk.hold(due('C', { callback: { ...callback, state: 'done' } }));
  await listed;
  assert.deepEqual([...behind.callbacks.keys()], ['D']);
});

test('a reminder that was missed and is told before the list of talks waits for its talk, and is told once', async () => {
  const [told, due_at] = [[], '2026-11-23T07:00:00.000Z'];
  const late = ticket('Y', { clock: { article: 23, kind: 'live_answer', due_at, late: false, suspended: false, next: 'experts' } });
  const sync = ({ number }) => ({ ok: true, ticket: number === 'Y' ? late : ticket(number), messages: [], more: false });
  const { socket, desk, behind } = await setUp({ answers: { 'ticket:sync': sync } });
  desk.addEventListener('reminded', ({ detail }) => told.push(detail.kind));
  const again = () => socket.push('deadline:warning', { number: 'Y', kind: 'live_answer', due_at });
  again();
  assert.deepEqual(told, []);
  desk.hold(late);
  assert.deepEqual([told, behind.reminders.get('Y')], [['deadline'], due_at]);
  again();
  assert.deepEqual(told, ['deadline']);
});

test('a half-way reminder reminds, a late one turns the clock amber, and a new clock takes it away', async () => {
  const { socket, desk, behind } = await setUp();
  const clock = (due_at) => ({ article: 23, kind: 'live_answer', due_at, late: false, suspended: false, next: 'experts' });
  desk.hold(ticket('A', { clock: clock('2026-11-23T08:00:00.000Z') }));
  socket.push('deadline:warning', { number: 'A', kind: 'live_answer', due_at: '2026-11-23T08:00:00.000Z' });
  assert.ok(behind.reminders.has('A') && !desk.warned.has('A'));
  desk.hold(ticket('A', { clock: clock('2026-11-23T07:00:00.000Z') }));
  assert.ok(!behind.reminders.has('A'));
  socket.push('deadline:warning', { number: 'A', kind: 'live_answer', due_at: '2026-11-23T07:00:00.000Z' });
  assert.ok(desk.warned.has('A'));
  behind.calm('A');
  assert.equal(behind.reminders.size, 0);
});

test('a deadline sounds of its own, what is under the eyes stays silent', async () => {
  const { socket, desk } = await setUp();
  const heard = [];
  const bell = { tap: () => heard.push('tap'), remind: () => heard.push('remind') };
  wakes(desk, { bell, alerts: { notify: (kind) => heard.push(kind) }, looking: () => true });
  socket.push('deadline:warning', { number: 'A', kind: 'live_answer', due_at: '2026-11-23T07:00:00.000Z' });
  desk.say('heard', { number: 'A' });
  assert.deepEqual(heard, ['remind', 'deadline']);
});

test('an answer is saved on the server after a pause, and dropped when it was sent', async () => {
  const { clock, socket, drafts } = await setUp();
  for (const free of ['写', '写到', '写到一半']) drafts.put('A', 'answer', { framed: false, free, parts: {} });
  await clock.pass(1_000);
  assert.deepEqual(socket.named('draft:save').map(({ payload }) => payload), [{ number: 'A', body: '写到一半' }]);
  assert.equal(drafts.state.get('A'), 'saved');
  drafts.put('A', 'answer', null);
  await clock.pass(10);
  assert.equal(socket.named('draft:save').at(-1).payload.body, '');
});

test('what the server kept comes once, and never over what is being written', async () => {
  const { drafts } = await setUp({ answers: { 'draft:get': () => ({ ok: true, body: '从前写的' }) } });
  assert.equal(await drafts.open('A'), true);
  assert.equal(drafts.get('A', 'answer').free, '从前写的');
  drafts.put('B', 'answer', { framed: false, free: '正在写', parts: {} });
  assert.equal(await drafts.open('B'), false);
  assert.equal(drafts.get('B', 'answer').free, '正在写');
});

test('a draft that could not be saved says so and is saved when the line is back', async () => {
  const { clock, socket, drafts } = await setUp();
  socket.cut();
  drafts.put('A', 'answer', { framed: false, free: 'x', parts: {} });
  await clock.pass(900);
  assert.equal(drafts.state.get('A'), 'unsaved');
  await clock.pass(3_000);
  socket.accept();
  await settle();
  assert.equal(drafts.state.get('A'), 'saved');
});

test('a delay that is still to be explained stands above everything until it is explained, of lost talks too', async () => {
  const { desk, socket } = await setUp({ answers: { 'explanation:list': () => ({ ok: true, explanations: [{ number: 'LOST', clock: 'live_answer', owed_at: '2026-11-23T06:00:00.000Z' }] }),
    'ticket:explain_delay': () => ({ ok: true, seq: 3 }) } });
  await settle();
  assert.deepEqual([...desk.behind.owed], ['LOST']);
  const calm = { state: 'online', stale: false, checkedAt: 1, duty: { status: 'on' }, reason: null, silent: false };
  const [banner] = banners({ ...calm, owed: desk.behind.owed });
  assert.deepEqual([banner.act, banner.number, banner.level], ['explain', 'LOST', 'danger']);
  await desk.behind.explain('LOST', 'why', '核对规定用了时间。');
  assert.deepEqual(socket.named('ticket:explain_delay').map(({ payload }) => payload), [{ number: 'LOST', id: 'why', body: '核对规定用了时间。' }]);
  assert.deepEqual([...desk.behind.owed], []);
});
