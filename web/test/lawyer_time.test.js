import assert from 'node:assert/strict';
import { test } from 'node:test';
import { article } from '../app/i18n.js';
import { reading, since, span, words } from '../app/staff/clock.js';
import { ServerTime } from '../app/staff/server-time.js';

const AT = Date.parse('2026-11-23T06:00:00.000Z');
const ticket = (more = {}) => ({
  state: 'active', opened_at: '2026-11-23T06:00:00.000Z', last_seq: 1,
  clock: { article: 23, kind: 'live_answer', due_at: '2026-11-23T07:00:00.000Z', late: false, suspended: false, next: 'experts' }, ...more,
});
const minutes = (n) => AT + n * 60_000;

test('the clock is green, then amber for the last fifth, then red', () => {
  assert.equal(reading(ticket(), minutes(10)).level, 'ok');
  assert.equal(reading(ticket(), minutes(47)).level, 'ok');
  assert.equal(reading(ticket(), minutes(49)).level, 'warn');
  assert.equal(reading(ticket(), minutes(60)).level, 'late');
});

test('a warning of the server makes the clock amber whatever its share', () => {
  assert.equal(reading(ticket(), minutes(10), { warned: true }).level, 'warn');
});

test('the server alone decides that a ticket is late, even before the time shown', () => {
  const told = ticket();
  told.clock.late = true;
  assert.equal(reading(told, minutes(10)).level, 'late');
});

test('a suspended clock shows no time, an answered ticket none at all', () => {
  const held = ticket();
  Object.assign(held.clock, { suspended: true, due_at: null });
  assert.deepEqual(reading(held, minutes(10)), { level: 'held', left: null, article: 23 });
  assert.equal(reading(ticket({ state: 'answered', clock: null }), minutes(10)).level, 'done');
});

test('after an answer the clock began with the next words of the citizen', () => {
  const said = (type, kind, sent_at) => ({ type, author: { kind }, sent_at });
  const lines = [said('text', 'citizen', 'a'), said('answer', 'staff', 'b'), said('notice', 'system', 'c'), said('text', 'citizen', 'd')];
  assert.equal(since(ticket(), lines), 'd');
  assert.equal(since(ticket(), lines.slice(0, 3)), ticket().opened_at);
});

test('spans and articles are words that a person says', () => {
  assert.equal(span(65 * 60_000), '1 小时 5 分');
  assert.equal(span(23 * 60_000 + 59_000), '23 分');
  assert.equal(span(5 * 60_000 + 12_000), '5 分 12 秒');
  assert.equal(span(-3), '0 秒');
  assert.equal(article(23), '第二十三条');
  assert.equal(article(10), '第十条');
  assert.equal(article(18), '第十八条');
  assert.equal(article(7), '第七条');
});

test('the long words tell rule, hour, rest, and near the end what follows', () => {
  const calm = words(ticket(), reading(ticket(), minutes(10)));
  assert.equal(calm.long, '第二十三条 · 15:00 前解答 · 剩余 50 分'.replace('15:00', calm.long.match(/(?:\S+ )?\d\d:\d\d/)[0]));
  assert.match(words(ticket(), reading(ticket(), minutes(55))).long, /逾期将转专家组/);
  assert.match(words(ticket(), reading(ticket(), minutes(63))).long, /已超时 3 分 0 秒/);
});

test('a browser whose clock is right is not moved', () => {
  const time = new ServerTime(() => 1_000_000);
  time.answered(new Date(999_980).toISOString(), 999_950);
  time.heard(new Date(999_900).toISOString());
  assert.equal(time.now(), 1_000_000);
});

test('a browser that is ten minutes slow is put forward, one that is fast is put back', () => {
  const slow = new ServerTime(() => 0);
  slow.answered(new Date(600_000).toISOString(), -40);
  assert.equal(slow.offset, 600_000);
  const fast = new ServerTime(() => 600_000);
  fast.answered(new Date(0).toISOString(), 599_960, 1_000);
  assert.equal(fast.offset, 1_000 - 599_960);
});

test('a stamp older than its arrival moves nothing: a caught-up message is not the present', () => {
  const time = new ServerTime(() => 1_000_000);
  time.heard(new Date(400_000).toISOString());
  assert.equal(time.offset, 0);
});

test('when a clock is set meanwhile the newest observation counts', () => {
  let now = 0;
  const time = new ServerTime(() => now);
  time.answered(new Date(600_000).toISOString(), -10);
  now = 700_000;
  time.answered(new Date(700_000).toISOString(), 699_990);
  assert.equal(time.offset, 0);
});

test('a stamp that is no time is ignored', () => {
  const time = new ServerTime(() => 5);
  time.heard('yesterday');
  assert.equal(time.now(), 5);
});
