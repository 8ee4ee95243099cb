import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Socket } from '../app/socket.js';

/** What lies below: hears what is sent, and says what a test lets it say. */
class Engine {
  static made = [];
  sent = [];
  closed = false;
  #heard = {};

  constructor(opts) {
    this.opts = opts;
    Engine.made.push(this);
  }

  on(name, fn) { this.#heard[name] = fn; }
  send(packet) { this.sent.push(packet); }
  close() { this.closed = true; this.say('close'); }
  say(name, said) { this.#heard[name](said); }
}

function setUp() {
  const socket = new Socket('/citizen', { transports: ['websocket', 'polling'] }, Engine);
  const heard = [];
  for (const name of ['connect', 'connect_error', 'disconnect', 'message:new']) socket.on(name, (said) => heard.push([name, said]));
  const open = () => {
    socket.auth = { token: 't' };
    socket.connect();
    const engine = Engine.made.at(-1);
    engine.say('open');
    return engine;
  };
  return { socket, heard, open };
}

test('a connection brings its token, and is one when the server says so', () => {
  const { socket, heard, open } = setUp();
  const engine = open();
  assert.deepEqual(engine.sent, ['0/citizen,{"token":"t"}']);
  assert.equal(socket.connected, false);
  engine.say('data', '0/citizen,{"sid":"s"}');
  assert.deepEqual([socket.connected, heard], [true, [['connect', undefined]]]);
});

test('events and their acknowledgements find each other, and pushes their listener', () => {
  const { socket, heard, open } = setUp();
  const engine = open();
  engine.say('data', '0/citizen,{"sid":"s"}');
  const [acks, all] = [[], []];
  socket.onAny((...said) => all.push(said));
  for (const n of [1, 2]) socket.emit('a', { n }, (ack) => acks.push([n, ack]));
  socket.emit('b', {});
  assert.deepEqual(engine.sent.slice(1), ['2/citizen,0["a",{"n":1}]', '2/citizen,1["a",{"n":2}]', '2/citizen,["b",{}]']);
  for (const packet of ['3/citizen,1[{"ok":true}]', '3/citizen,0[{"ok":false}]', '3/citizen,0[{"ok":true}]']) engine.say('data', packet);
  assert.deepEqual(acks, [[2, { ok: true }], [1, { ok: false }]]);
  engine.say('data', '2/citizen,["message:new",{"seq":1,"body":"42,[\\"x\\"]"}]');
  assert.deepEqual(heard.at(-1), ['message:new', { seq: 1, body: '42,["x"]' }]);
  assert.deepEqual(all, [['message:new', { seq: 1, body: '42,["x"]' }]]);
});

test('a refusal brings the server’s reasons, and whatever ends before it began is a failure', () => {
  const { heard, open } = setUp();
  const refused = open();
  refused.say('data', '4/citizen,{"message":"no","data":{"code":"unauthenticated"}}');
  assert.deepEqual([heard.at(-1)[0], heard.at(-1)[1].data, refused.closed], ['connect_error', { code: 'unauthenticated' }, true]);
  for (const [name, said] of [['error', new Error('xhr')], ['close'], ['data', '0/citizen,{']]) {
    heard.length = 0;
    open().say(name, said);
    assert.deepEqual(heard.map(([event, error]) => [event, error instanceof Error]), [['connect_error', true]]);
  }
});

test('an end is told once, whoever ended it, and an old connection is not listened to', () => {
  const { socket, heard, open } = setUp();
  const ends = [(engine) => engine.say('close'), (engine) => engine.say('data', '1/citizen,'), () => socket.disconnect()];
  for (const end of ends) {
    const engine = open();
    engine.say('data', '0/citizen,{"sid":"s"}');
    heard.length = 0;
    end(engine);
    engine.say('data', '2/citizen,["message:new",{}]');
    assert.deepEqual([heard, socket.connected, engine.closed], [[['disconnect', undefined]], false, true]);
  }
  assert.equal(Engine.made.at(-1).sent.at(-1), '1/citizen,');
  socket.disconnect();
  assert.equal(heard.length, 1);
});
