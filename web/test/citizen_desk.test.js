import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Desk } from '../app/citizen/desk.js';

test('a mark that the lawyer has read is not taken back by an earlier answer that comes late', () => {
  const desk = new Desk({ api: {}, lang: 'zh', path: '/socket.io/', limits: {} });
  const ticket = { number: 'A', epoch: 1, last_seq: 2, read: { citizen: 2, staff: 1 } };
  desk.keep(ticket);
  desk.patch('A', { read: { staff: 3 } });
  desk.keep(ticket);
  assert.deepEqual(desk.tickets.get('A').read, { citizen: 2, staff: 3 });
  desk.keep({ ...ticket, state: 'answered', last_seq: 3 });
  desk.keep({ ...ticket, state: 'active' });
  assert.equal(desk.tickets.get('A').state, 'answered');
});
