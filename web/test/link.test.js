import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link, LinkError } from '../app/link.js';
import { Clock, FakeSocket, settle } from './fake.js';

const message = (seq, more = {}) => ({ ticket: 'T', seq, id: `m${seq}`, type: 'text', body: `line ${seq}`, author: { kind: 'staff' }, ...more });

/** A record of `upTo` messages, as the server would sync it, at most `page` at a time. */
const record = (state, page = 100) => ({
  'ticket:sync': ({ after_seq }) => {
    const missed = Array.from({ length: state.upTo }, (_, i) => message(i + 1)).filter(({ seq }) => seq > after_seq);
    return { ok: true, ticket: { number: 'T', last_seq: state.upTo }, messages: missed.slice(0, page), more: missed.length > page };
  },
});

function setUp(answers = {}, options = {}) {
  const clock = new Clock();
  const socket = new FakeSocket(answers);
  let tokens = 0;
  const link = new Link({
    namespace: '/citizen', getToken: async () => `token-${++tokens}`, open: () => socket, timers: clock, random: () => 0.5, ...options,
  });
  const heard = [];
  for (const name of ['state', 'message', 'typing', 'undelivered', 'gone', 'refused', 'ticket:offer']) {
    link.addEventListener(name, ({ detail }) => heard.push([name, detail]));
  }
  const seqs = () => heard.filter(([name]) => name === 'message').map(([, { message: { seq } }]) => seq);
  const states = () => heard.filter(([name]) => name === 'state').map(([, { state }]) => state);
  return { clock, socket, link, heard, seqs, states };
}

async function online(answers, options) {
  const all = setUp(answers, options);
  all.link.open();
  await settle();
  all.socket.accept();
  await settle();
  return all;
}

test('each attempt to connect carries a fresh token and the language', async () => {
  const { socket, clock, link } = await online({}, { lang: 'en' });
  assert.deepEqual(socket.auth, { token: 'token-1', lang: 'en' });
  socket.cut();
  await clock.pass(1_000);
  assert.deepEqual(socket.auth, { token: 'token-2', lang: 'en' });
  link.close();
});

test('a connection that gets no answer is tried again with polling first', async () => {
  const { socket, clock, link, states } = setUp();
  link.open();
  await settle();
  await clock.pass(12_000);
  assert.ok(socket.attempts >= 2);
  assert.deepEqual(socket.io.opts.transports, ['polling', 'websocket']);
  socket.accept();
  assert.deepEqual(states(), ['connecting', 'offline', 'online']);
  link.close();
});

test('a token that cannot be fetched for lack of a network is asked for again', async () => {
  let calls = 0;
  const { socket, clock, link } = setUp({}, { getToken: async () => { if (++calls < 3) throw new TypeError('fetch failed'); return 'late'; } });
  link.open();
  await clock.pass(10_000);
  assert.equal(socket.auth.token, 'late');
  link.close();
});

test('an ended session closes the line and says so', async () => {
  const { clock, link, heard, socket } = setUp({}, { getToken: async () => { throw new LinkError({ code: 'unauthenticated' }); } });
  link.open();
  await clock.pass(60_000);
  assert.equal(heard.filter(([name]) => name === 'refused').length, 1);
  assert.equal(socket.attempts, 0);
});

test('a token that grew old on the way is replaced once before giving up', async () => {
  const { clock, link, heard, socket } = setUp();
  link.open();
  await settle();
  socket.refuse({ data: { code: 'unauthenticated', message: '' } });
  assert.equal(heard.some(([name]) => name === 'refused'), false);
  await clock.pass(2_000);
  assert.equal(socket.auth.token, 'token-2');
  socket.refuse({ data: { code: 'unauthenticated', message: '' } });
  assert.equal(heard.some(([name]) => name === 'refused'), true);
  assert.equal(link.state, 'offline');
});

test('a refusal of an event is an error with code and details', async () => {
  const { link } = await online({ 'ticket:open': () => ({ ok: false, error: { code: 'repeated', message: '相同', details: { number: 'X' } } }) });
  await assert.rejects(link.emit('ticket:open', {}), (error) => error.code === 'repeated' && error.details.number === 'X' && error.message === '相同');
  link.close();
});

test('what is not acknowledged is sent again under the same id after each reconnect', async () => {
  const { socket, clock, link } = await online();
  const stored = link.send('T', { id: 'a', body: 'hello' });
  await settle();
  socket.cut();
  await clock.pass(1_000);
  socket.accept();
  await settle();
  assert.deepEqual(socket.named('message:send').map(({ payload }) => payload.id), ['a', 'a']);
  socket.named('message:send')[1].ack({ ok: true, seq: 7, sent_at: 'now' });
  assert.equal((await stored).seq, 7);
  socket.cut();
  await clock.pass(1_000);
  socket.accept();
  await settle();
  assert.equal(socket.named('message:send').length, 2);
  link.close();
});

test('the next message of a ticket leaves only after the one before it is stored', async () => {
  const { socket, link } = await online();
  link.send('T', { id: 'a', body: '1' });
  link.send('T', { id: 'b', body: '2' });
  link.send('U', { id: 'c', body: '3' });
  await settle();
  assert.deepEqual(socket.named('message:send').map(({ payload }) => payload.id), ['a', 'c']);
  socket.named('message:send')[0].ack({ ok: true, seq: 1 });
  await settle();
  assert.deepEqual(socket.named('message:send').map(({ payload }) => payload.id), ['a', 'c', 'b']);
  link.close();
});

test('a busy server is asked again when it said, under the same id', async () => {
  let busy = true;
  const { socket, clock, link } = await online({
    'message:send': () => (busy ? { ok: false, error: { code: 'rate_limited', details: { retry_after_s: 3 } } } : { ok: true, seq: 1 }),
  });
  const stored = link.send('T', { id: 'a', body: 'x' });
  await clock.pass(2_900);
  assert.equal(socket.named('message:send').length, 1);
  busy = false;
  await clock.pass(200);
  assert.equal((await stored).seq, 1);
  link.close();
});

test('a message that the server will never take is given back with the reason', async () => {
  const { link } = await online({ 'message:send': () => ({ ok: false, error: { code: 'conflict', details: { state: 'closed' } } }) });
  await assert.rejects(link.send('T', { id: 'a', body: 'x' }), (error) => error.code === 'conflict');
  assert.equal(link.outbox.of('T').length, 0);
  link.close();
});

test('a question beyond those that may be open is given back, and not sent by itself later', async () => {
  const details = { retry_after_s: 300, waiting: 200, most: 200 };
  const { link } = await online({ 'ticket:open': () => ({ ok: false, error: { code: 'rate_limited', details } }) });
  await assert.rejects(link.send('', { id: 'a', body: 'x' }, 'ticket:open'), (error) => error.code === 'rate_limited');
  link.close();
});

test('what was unsent before a reload is sent after it, and told when it fails', async () => {
  const kept = new Map([['outbox:/citizen', JSON.stringify([{ number: 'T', event: 'message:send', payload: { number: 'T', id: 'a', body: 'x' } }])]]);
  const storage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };
  const { socket, heard, link } = await online({ 'message:send': () => ({ ok: false, error: { code: 'conflict' } }) }, { storage });
  await settle();
  assert.equal(socket.named('message:send')[0].payload.id, 'a');
  assert.equal(heard.find(([name]) => name === 'undelivered')[1].payload.body, 'x');
  assert.equal(kept.size, 0);
  link.close();
});

test('a question sent before a reload is reported with its acknowledgement after it', async () => {
  const kept = new Map([['outbox:/citizen', JSON.stringify([{ number: '', event: 'ticket:open', payload: { id: 'q', kind: 'live' } }])]]);
  const storage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };
  const all = setUp({ 'ticket:open': () => ({ ok: true, ticket: { number: 'T' } }) }, { storage });
  const delivered = [];
  all.link.addEventListener('delivered', ({ detail }) => delivered.push(detail));
  all.link.open();
  await settle();
  all.socket.accept();
  await settle();
  assert.equal(delivered[0].ack.ticket.number, 'T');
  assert.deepEqual(all.socket.named('ticket:open')[0].payload, { id: 'q', kind: 'live' });
  all.link.close();
});

test('a gap in seq is fetched, and everything is shown once and in order', async () => {
  const state = { upTo: 1 };
  const { socket, link, seqs } = await online(record(state));
  await link.watch('T');
  state.upTo = 4;
  socket.push('message:new', message(4));
  socket.push('message:new', message(3));
  await settle();
  socket.push('message:new', message(2));
  socket.push('message:new', message(5));
  await settle();
  assert.deepEqual(seqs(), [1, 2, 3, 4, 5]);
  link.close();
});

test('after a cut everything missed is fetched page by page', async () => {
  const state = { upTo: 2 };
  const { socket, clock, link, seqs } = await online(record(state, 3));
  await link.watch('T');
  socket.cut();
  state.upTo = 11;
  await clock.pass(1_000);
  socket.accept();
  await settle();
  assert.deepEqual(seqs(), Array.from({ length: 11 }, (_, i) => i + 1));
  link.close();
});

test('a push for a ticket that is not followed brings its whole record', async () => {
  const { socket, link, seqs } = await online(record({ upTo: 3 }));
  socket.push('message:new', message(3));
  await settle();
  assert.deepEqual(seqs(), [1, 2, 3]);
  link.close();
});

test('a stored message that is not pushed back is fetched', async () => {
  const state = { upTo: 0 };
  const { clock, link, seqs } = await online({ ...record(state), 'message:send': () => { state.upTo = 1; return { ok: true, seq: 1 }; } });
  await link.watch('T');
  await link.send('T', { id: 'm1', body: 'line 1' });
  await clock.pass(2_500);
  assert.deepEqual(seqs(), [1]);
  link.close();
});

test('a ticket that is no longer ours is let go', async () => {
  const { link, heard } = await online({ 'ticket:sync': () => ({ ok: false, error: { code: 'not_found' } }) });
  await assert.rejects(link.watch('T'));
  assert.deepEqual(heard.find(([name]) => name === 'gone')[1], { number: 'T' });
  link.close();
});

test('an answer that takes five seconds shows the line as lagging, and ten end it', async () => {
  const { socket, clock, link, states } = await online();
  const call = link.emit('ticket:list');
  call.catch(() => {});
  await clock.pass(5_100);
  assert.equal(link.state, 'lagging');
  socket.named('ticket:list')[0].ack({ ok: true });
  assert.equal(link.state, 'online');
  await assert.doesNotReject(call);
  const lost = link.emit('ticket:list');
  lost.catch(() => {});
  await clock.pass(10_100);
  await assert.rejects(lost, (error) => error.code === 'timeout');
  assert.deepEqual(states().slice(-2), ['lagging', 'connecting']);
  link.close();
});

test('typing ends by itself after six seconds', async () => {
  const { socket, clock, link, heard } = await online();
  const typing = () => heard.filter(([name]) => name === 'typing').map(([, { on }]) => on);
  socket.push('message:typing', { ticket: 'T', by: 'staff', on: true });
  await clock.pass(4_000);
  socket.push('message:typing', { ticket: 'T', by: 'staff', on: true });
  await clock.pass(4_000);
  assert.deepEqual(typing(), [true]);
  await clock.pass(2_100);
  assert.deepEqual(typing(), [true, false]);
  link.close();
});

test('a draining server is left when it asked for it, and the next one is found', async () => {
  const { socket, clock, link, states } = await online();
  socket.push('server:draining', { reconnect_in_ms: 500 });
  assert.equal(link.state, 'draining');
  await clock.pass(3_000);
  socket.accept();
  assert.deepEqual(states(), ['connecting', 'online', 'draining', 'online']);
  link.close();
});

test('other pushes come under their own name', async () => {
  const { socket, link, heard } = await online();
  socket.push('ticket:offer', { ticket: { number: 'T' } });
  assert.deepEqual(heard.at(-1), ['ticket:offer', { ticket: { number: 'T' } }]);
  link.close();
});

test('signing out forgets what was not sent', async () => {
  const { link } = await online();
  link.send('T', { id: 'a', body: 'x' }).catch(() => {});
  link.close({ forget: true });
  assert.equal(link.outbox.entries.length, 0);
});
