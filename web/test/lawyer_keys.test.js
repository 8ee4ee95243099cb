import assert from 'node:assert/strict';
import { test } from 'node:test';
import { command, sends } from '../app/lawyer/keys.js';

const box = { closest: (selector) => (selector.includes('textarea') ? {} : null) };
const page = { closest: () => null };
const key = (name, more = {}) => ({ key: name, target: page, keyCode: 0, ...more });

test('Enter sends, Shift and Enter breaks the line', () => {
  assert.ok(sends(key('Enter')));
  assert.ok(!sends(key('Enter', { shiftKey: true })));
  assert.ok(!sends(key('Enter', { altKey: true })));
});

test('the Enter that ends an input-method composition sends nothing', () => {
  assert.ok(!sends(key('Enter', { isComposing: true })));
  assert.ok(!sends(key('Enter', { keyCode: 229 })));
});

test('single letters speak only while nobody types', () => {
  assert.deepEqual(command(key('e')), { name: 'answer' });
  assert.deepEqual(command(key('E')), { name: 'answer' });
  assert.deepEqual(command(key('3')), { name: 'go', place: 2 });
  assert.deepEqual(command(key('?', { shiftKey: true })), { name: 'help' });
  for (const letter of 'adjkrecsop?19') assert.equal(command(key(letter, { target: box })), null);
});

test('single letters can be switched off, the chords stay', () => {
  assert.equal(command(key('a'), { letters: false }), null);
  assert.deepEqual(command(key('Enter', { altKey: true }), { letters: false }), { name: 'accept' });
});

test('chords with Alt work from within a box, and Escape leaves it', () => {
  assert.deepEqual(command(key('PageDown', { altKey: true, target: box })), { name: 'next' });
  assert.deepEqual(command(key('Escape', { target: box })), { name: 'leave' });
});

test('nothing is taken from the browser or from an input method', () => {
  assert.equal(command(key('c', { ctrlKey: true })), null);
  assert.equal(command(key('r', { metaKey: true })), null);
  assert.equal(command(key('Escape', { target: box, isComposing: true })), null);
  assert.equal(command(key('a', { defaultPrevented: true })), null);
});
