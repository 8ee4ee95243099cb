// What one person wrote and did not send never goes out under the next person's account, and is still there for its author.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from '../app/citizen/desk.js';
import { recall, remember } from '../app/citizen/storage.js';
import { Kept } from '../app/expert/kept.js';
import { Drafts } from '../app/lawyer/drafts.js';
import { Link } from '../app/link.js';
import { Clock, FakeSocket, settle } from './fake.js';

class Box {
  kept = new Map();
  getItem = (key) => this.kept.get(key) ?? null;
  setItem = (key, value) => this.kept.set(key, value);
  removeItem = (key) => this.kept.delete(key);
  clear = () => this.kept.clear();
}

/** A staff's page as it is opened anew, over what its tab has kept. */
function opened(storage, namespace, who) {
  const socket = new FakeSocket();
  const link = new Link({ namespace, getToken: async () => 't', open: () => socket, timers: new Clock(), storage, who });
  return { link, socket };
}

async function online({ link, socket }) {
  link.open();
  await settle();
  socket.accept();
  await settle();
}

/** Which of the citizen's words are here after `account` has signed in: [question in the form, question under way]. */
async function seen(desk, account) {
  await desk.enter(account);
  return [recall('draft:ask', {}).body, desk.link.outbox.entries[0]?.payload.body];
}

test('a citizen finds the unsent question after signing in again, and the next citizen finds nothing', async () => {
  const fresh = () => {
    const desk = new Desk({ api: { get: async () => ({ agreed: true }), signIn: async ({ login }) => ({ id: login, role: 'citizen' }) }, lang: 'zh', path: '/socket.io/', limits: {} });
    desk.link.open = () => {};
    return desk;
  };
  const desk = fresh();
  await desk.signIn({ login: 'a' });
  remember('draft:ask', { body: '离婚' });
  desk.link.send('', { id: 'q', body: '离婚' }, 'ticket:open');
  desk.link.close(); // the session has ended; the widget's form asks for the next one
  assert.deepEqual(await seen(desk, 'a'), ['离婚', '离婚']);
  assert.deepEqual(await seen(fresh(), 'a'), ['离婚', '离婚']);
  assert.deepEqual(await seen(desk, 'b'), [undefined, undefined]);
  assert.deepEqual(await seen(fresh(), 'a'), [undefined, undefined]);
});

test('a lawyer’s lines wait for that lawyer alone', async () => {
  const storage = new Box();
  const first = opened(storage, '/lawyer', 'L0001');
  first.link.send('A', { id: 'm', body: '还没发出' });
  new Drafts(storage).put('A', 'line', '写到一半');
  const again = opened(storage, '/lawyer', 'L0001');
  assert.equal(new Drafts(storage).get('A', 'line'), '写到一半');
  await online(again);
  assert.equal(again.socket.named('message:send').length, 1);
  const other = opened(storage, '/lawyer', 'L0002');
  assert.equal(new Drafts(storage).get('A', 'line'), null);
  await online(other);
  assert.equal(other.socket.named('message:send').length, 0);
  for (const { link } of [again, other]) link.close();
});

test('an expert’s words are gone when a colleague sits down', () => {
  const storage = new Box();
  opened(storage, '/expert', 'E0001');
  new Kept(storage, 'E0001').put('A', 'panel-opinion', '意见');
  opened(storage, '/expert', 'E0001');
  assert.equal(new Kept(storage, 'E0001').get('A', 'panel-opinion'), '意见');
  opened(storage, '/expert', 'E0002');
  assert.doesNotMatch(JSON.stringify([...storage.kept]), /意见/);
});
