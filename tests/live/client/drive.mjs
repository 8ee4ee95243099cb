// Drives the real socket.io-client against a server and prints one JSON line a finding.
// usage: node drive.mjs WEB_FOLDER URL SCENARIOS TRANSPORTS [JSON] (both comma separated; JSON is for the scenario); the
// scenarios run one after the other.
import { createRequire } from 'node:module';
import path from 'node:path';

const [web, url, chosen, transports, given] = process.argv.slice(2);
const { io } = createRequire(path.join(web, 'package.json'))('socket.io-client');
const say = (finding) => console.log(JSON.stringify(finding));
const connect = (namespace, auth, options = {}) =>
  io(url + namespace, { auth, transports: transports.split(','), forceNew: true, reconnectionDelay: 50, ...options });
const once = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
// Connected, and on the transport on which it will stay.
const upgraded = async (socket) => {
  const up = transports.includes('polling,websocket')
    ? new Promise((resolve) => socket.io.once('open', () => socket.io.engine.once('upgrade', resolve)))
    : null;
  await Promise.all([once(socket, 'connect'), up]);
};
const finish = (socket) => socket.close();
setTimeout(() => { say({ timeout: true }); process.exit(1); }, 30_000).unref();

const scenarios = {
  // Sends without waiting, from before the upgrade till after it; acks and pushes must come in order.
  async acks(count = 2000) {
    const socket = connect('/citizen', { token: 'good' });
    const acks = [];
    const pushes = [];
    const up = upgraded(socket);
    socket.on('echo', ({ i }) => pushes.push(i));
    await once(socket, 'connect');
    const all = new Promise((resolve) => {
      const one = (i) => socket.emit('say', { i }, (answer) => {
        if (answer.ok) acks.push(i);
        if (acks.length === count) resolve();
      });
      let next = 0;
      const some = () => {
        for (let n = 0; n < 100 && next < count; n += 1) one(next++);
        if (next < count) setTimeout(some, 2);
      };
      some();
    });
    await Promise.all([all, up]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const ordered = (list) => list.every((i, at) => i === at);
    say({ acks: acks.length, acksInOrder: ordered(acks), pushes: pushes.length, pushesInOrder: ordered(pushes),
      transport: socket.io.engine.transport.name });
    finish(socket);
  },

  async large(size = 100_000) {
    const socket = connect('/citizen', { token: 'good' });
    await once(socket, 'connect');
    const answer = await socket.timeout(5000).emitWithAck('length', { body: '法'.repeat(Math.floor(size / 3)) });
    say(answer);
    finish(socket);
  },

  // More than the server takes at once: it is put out with the reason, and comes back by itself.
  async too_large(size = 200_000) {
    const socket = connect('/citizen', { token: 'good' });
    await upgraded(socket);
    const gone = new Promise((resolve) => socket.once('disconnect', (reason, details) => resolve([reason, details])));
    socket.emit('length', { body: 'x'.repeat(size) });
    const [, why] = await gone;
    await once(socket, 'connect');
    say({ why: why?.context?.code ?? why?.description, back: await socket.timeout(5000).emitWithAck('length', { body: 'ok' }) });
    finish(socket);
  },

  // One misbehaves in every way that a real client can; another at the same server does not notice.
  async innocent() {
    const innocent = connect('/citizen', { token: 'good' });
    const guilty = connect('/citizen', { token: 'good' });
    await Promise.all([upgraded(innocent), upgraded(guilty)]);
    let cut = 0;
    innocent.on('disconnect', () => { cut += 1; });
    const seen = [];
    const pushes = [];
    innocent.on('echo', ({ i }) => pushes.push(i));
    // F7: names of the library's own are events like others, from whoever says them.
    guilty.io.engine.write('2/citizen,["connect",{"REMOTE_ADDR":"6.6.6.6"},{"token":"forged"}]');
    guilty.io.engine.write('2/citizen,["disconnect","spoofed"]');
    const forged = (await guilty.timeout(5000).emitWithAck('length', { body: 'x' })).ok;
    const misdeeds = [
      () => guilty.io.engine.write('2/citizen,["say",{"i":NaN}]'), // F17: each would put out all who hear it
      () => guilty.io.engine.write('2/citizen,["say",{"i":1e999}]'),
      () => guilty.emit('say', { i: new Uint8Array(3) }), // F10: sent as a packet with an attachment
      () => guilty.emit('length', { body: 'x'.repeat(200_000) }),
      () => guilty.io.engine.write('2/nowhere,not json'),
      () => guilty.io.engine.write('7'),
    ];
    for (const [i, misdeed] of misdeeds.entries()) {
      const back = once(guilty, 'disconnect').then(() => once(guilty, 'connect'));
      misdeed();
      seen.push((await innocent.timeout(5000).emitWithAck('say', { i })).ok);
      await back;
    }
    say({ cut, seen, pushes, forged });
    guilty.close();
    finish(innocent);
  },

  // F21: cut off by the network; the test says more meanwhile. What is fetched and what is pushed is the whole talk.
  async catch_up() {
    const { token, number } = JSON.parse(given);
    const socket = connect('/citizen', { token }, { reconnectionDelay: 200 });
    const seqs = new Set();
    socket.on('message:new', ({ seq }) => seqs.add(seq));
    const sync = async () => {
      const ack = await socket.timeout(5000).emitWithAck('ticket:sync', { number, after_seq: Math.max(0, ...seqs) });
      for (const { seq } of ack.messages) seqs.add(seq);
      return ack.ticket.last_seq;
    };
    await upgraded(socket);
    const before = await sync();
    const gone = once(socket, 'disconnect');
    socket.io.engine.close();
    await gone;
    say({ before, active: socket.active });
    await once(socket, 'connect');
    await sync();
    while (seqs.size < before + 4) await new Promise((resolve) => setTimeout(resolve, 10));
    say({ seqs: [...seqs].sort((one, other) => one - other), last: await sync() });
    finish(socket);
  },

  async refused() {
    const socket = connect('/citizen', { token: 'bad' });
    const error = await once(socket, 'connect_error');
    say({ message: error.message, data: error.data, active: socket.active });
    finish(socket);
  },

  async elsewhere() {
    const socket = connect('/nowhere', { token: 'good' });
    const error = await once(socket, 'connect_error');
    say({ data: error.data });
    finish(socket);
  },

  // The test drains the first server and has a second one ready at the same address.
  async drained() {
    const socket = connect('/citizen', { token: 'good' });
    let draining = null;
    socket.on('server:draining', (payload) => { draining = payload; });
    await once(socket, 'connect');
    say({ connected: 1 });
    const reason = await once(socket, 'disconnect');
    say({ reason, active: socket.active, draining });
    await once(socket, 'connect');
    say({ connected: 2 });
    finish(socket);
  },

  async kicked() {
    const socket = connect('/citizen', { token: 'good' });
    await once(socket, 'connect');
    socket.emit('kick', {});
    const reason = await once(socket, 'disconnect');
    say({ reason, active: socket.active });
    finish(socket);
  },

  // Two namespaces over one connection.
  async both() {
    const citizen = connect('/citizen', { token: 'good' }, { forceNew: false });
    const lawyer = connect('/lawyer', { token: 'good' }, { forceNew: false });
    await Promise.all([once(citizen, 'connect'), once(lawyer, 'connect')]);
    const heard = once(lawyer, 'echo');
    await citizen.emitWithAck('say', { i: 7 });
    say({ lawyer: await heard, shared: citizen.io === lawyer.io });
    citizen.close();
    finish(lawyer);
  },
};

for (const scenario of chosen.split(',')) await scenarios[scenario]();
setTimeout(() => process.exit(0), 50);
