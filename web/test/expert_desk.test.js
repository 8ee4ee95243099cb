import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from '../app/expert/desk.js';
import { Kept } from '../app/expert/kept.js';
import { ageWord, mayAdvise } from '../app/expert/words.js';

const ticket = (number) => ({ number, opened_at: '2026-11-23T06:00:00.000Z', last_seq: 1 });
const escalation = (id, state = 'open', more = {}) => ({
  id, state, ticket: ticket(id.replace(/\.\d+$/, '')), reason: 'lawyer', cause: 'lawyer', claimed_by: null, opened_at: `2026-11-23T06:0${id.at(-1)}:00.000Z`, resolved_at: null, ...more,
});

/** A link that answers from a table and remembers what it was asked. */
class Line extends EventTarget {
  asked = [];

  constructor(answers = {}) {
    super();
    this.answers = { 'review:list': { tickets: [] }, 'escalation:list': { escalations: [] }, 'note:list': { notes: [] }, ...answers };
  }

  async emit(name, payload) {
    this.asked.push([name, payload]);
    const answer = this.answers[name];
    if (answer instanceof Error) throw answer;
    return typeof answer === 'function' ? answer(payload) : answer;
  }

  async watch() {}

  unwatch() {}

  hear(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const desk = (link) => new Desk({ link, time: { now: () => Date.parse('2026-11-23T06:30:00Z'), heard() {} }, staffNo: 'E0001' });

test('what is passed on comes by itself, who waits longest first, and leaves when another takes it', () => {
  const link = new Line();
  const one = desk(link);
  link.hear('escalation:new', { escalation: escalation('BJ2.2') });
  link.hear('escalation:new', { escalation: escalation('BJ1.1') });
  assert.deepEqual(one.list('open').map(({ id }) => id), ['BJ1.1', 'BJ2.2']);
  assert.equal(one.waiting, 2);
  link.hear('escalation:update', { escalation: escalation('BJ1.1', 'claimed', { claimed_by: 'E0002' }) });
  assert.equal(one.waiting, 1);
  assert.equal(one.mine(one.escalations.get('BJ1.1')), false);
});

test('a list that is fetched again forgets what was settled meanwhile', async () => {
  const link = new Line({ 'escalation:list': ({ state }) => ({ escalations: state === 'open' ? [escalation('BJ3.3')] : [] }) });
  const one = desk(link);
  one.take(escalation('BJ1.1'));
  await one.load();
  assert.deepEqual([...one.escalations.keys()], ['BJ3.3']);
});

test('what is pushed while a list is on its way is not undone by the list', async () => {
  const link = new Line();
  const one = desk(link);
  one.take(escalation('BJ1.1'));
  link.answers['escalation:list'] = ({ state }) => {
    link.hear('escalation:new', { escalation: escalation('BJ2.2') });
    link.hear('escalation:update', { escalation: escalation('BJ1.1', 'claimed', { claimed_by: 'E0002' }) });
    return { escalations: state === 'open' ? [escalation('BJ1.1')] : [] };
  };
  await one.load();
  assert.deepEqual(one.list('open').map(({ id }) => id), ['BJ2.2']);
  assert.deepEqual(one.list('claimed').map(({ id }) => id), ['BJ1.1']);
});

test('an answer that is sent again after a cut keeps its id, another text gets another', async () => {
  const cut = new Error('cut');
  const link = new Line({ 'escalation:answer': cut });
  const one = desk(link);
  await assert.rejects(one.answer('BJ1.1', '解答'), cut);
  link.answers['escalation:answer'] = { escalation: escalation('BJ1.1', 'resolved') };
  await one.answer('BJ1.1', '解答');
  await one.answer('BJ1.1', '另一解答');
  const ids = link.asked.filter(([name]) => name === 'escalation:answer').map(([, { client_id: id }]) => id);
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[1], ids[2]);
});

test('a lost claim is told, and the list is fetched again', async () => {
  const lost = Object.assign(new Error('已由其他专家处理。'), { code: 'conflict' });
  const link = new Line({ 'escalation:claim': lost });
  await assert.rejects(desk(link).claim('BJ1.1'), lost);
  assert.ok(link.asked.some(([name]) => name === 'escalation:list'));
});

test('notes are those of the talk that lies open, each once', async () => {
  const link = new Line();
  const one = desk(link);
  one.follow('BJ1');
  for (const number of ['BJ1', 'BJ9']) link.hear('notes', { number, notes: [{ number, place: 1, body: 'a' }] }); // with its lines
  link.hear('note:new', { number: 'BJ1', place: 1, body: 'a' });
  link.hear('note:new', { number: 'BJ1', place: 2, body: 'b' });
  link.hear('note:new', { number: 'BJ9', place: 1, body: 'c' });
  assert.deepEqual(one.notes.get('BJ1').map(({ body }) => body), ['a', 'b']);
  assert.equal(one.notes.has('BJ9'), false);
  one.leave('BJ1');
  assert.equal(one.notes.has('BJ1'), false);
});

test('a talk that is not open to this expert says so until it is read along', async () => {
  const link = new Line({ 'talk:join': { ticket: { number: 'BJ1', epoch: 1, last_seq: 3 } } });
  const one = desk(link);
  link.hear('gone', { number: 'BJ1' });
  assert.equal(one.closed.has('BJ1'), true);
  await one.reading.join('BJ1');
  assert.equal(one.closed.has('BJ1'), false);
});

test('an opinion is offered only where it reaches somebody', () => {
  const late = { cause: 'live_overdue' };
  assert.equal(mayAdvise(late, { state: 'queued', assignee: null, callback: null }), false);
  assert.equal(mayAdvise(late, { state: 'active', assignee: { staff_no: 'L0001' } }), true);
  assert.equal(mayAdvise({ cause: 'review_overdue' }, { state: 'queued', assignee: null }), true);
  const callback = (state) => mayAdvise({ cause: 'callback' }, { state: 'answered', assignee: null, callback: { state } });
  assert.deepEqual([callback('open'), callback('done')], [true, false]);
});

test('ages are told by the server’s time, and what was written stays until it is sent', () => {
  assert.equal(ageWord(escalation('BJ1.0'), Date.parse('2026-11-23T06:30:00Z')), '已等 30 分');
  const storage = new Map();
  const box = { getItem: (key) => storage.get(key) ?? null, setItem: (key, value) => storage.set(key, value) };
  new Kept(box, 'E0001').put('BJ1', 'panel-opinion', '意见');
  assert.equal(new Kept(box, 'E0001').get('BJ1', 'panel-opinion'), '意见');
  assert.equal(new Kept(box, 'E0002').get('BJ1', 'panel-opinion'), null);
});
