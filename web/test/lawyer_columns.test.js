import assert from 'node:assert/strict';
import { test } from 'node:test';
import { beside, drop, EMPTY, fill, show } from '../app/lawyer/columns.js';

test('talks take free columns first', () => {
  const two = show(show(EMPTY, 'A', 2), 'B', 2);
  assert.deepEqual(two.open, ['A', 'B']);
  assert.equal(two.focus, 'B');
});

test('with all columns taken the one unused for longest gives way, in its own place', () => {
  const full = show(show(show(EMPTY, 'A', 3), 'B', 3), 'C', 3);
  const seen = show(full, 'A', 3);
  assert.deepEqual(show(seen, 'D', 3).open, ['A', 'D', 'C']);
});

test('showing an open talk moves nothing', () => {
  const two = show(show(EMPTY, 'A', 2), 'B', 2);
  assert.deepEqual(show(two, 'A', 2).open, ['A', 'B']);
});

test('fewer columns keep the one in focus', () => {
  const three = show(show(show(EMPTY, 'A', 3), 'B', 3), 'C', 3);
  const one = fill(show(three, 'B', 3), ['A', 'B', 'C'], 1);
  assert.deepEqual(one.open, ['B']);
  assert.equal(one.focus, 'B');
});

test('more columns fill up in the order of the list', () => {
  const one = show(EMPTY, 'B', 1);
  assert.deepEqual(fill(one, ['A', 'B', 'C'], 2).open, ['B', 'A']);
});

test('a talk that is gone leaves its column to the next', () => {
  const two = show(show(EMPTY, 'A', 2), 'B', 2);
  const left = drop(two, 'B', ['A', 'C'], 2);
  assert.deepEqual(left.open, ['A', 'C']);
  assert.equal(left.focus, 'A');
});

test('nothing open means nothing in focus', () => {
  assert.deepEqual(drop(show(EMPTY, 'A', 2), 'A', [], 2), { open: [], focus: null, used: [] });
});

test('next and previous go round the end', () => {
  assert.equal(beside(['A', 'B', 'C'], 'C', 1), 'A');
  assert.equal(beside(['A', 'B', 'C'], 'A', -1), 'C');
  assert.equal(beside([], null, 1), null);
});

test('any sequence of showing, dropping and resizing stays within the columns, without doubles, with a focus that is open', () => {
  let layout = EMPTY;
  let seed = 7;
  const random = (below) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
  let known = [];
  for (let step = 0; step < 2_000; step += 1) {
    const size = 1 + random(3);
    const number = `T${random(7)}`;
    if (random(4) === 0) {
      known = known.filter((one) => one !== number);
      layout = drop(layout, number, known, size);
    } else {
      if (!known.includes(number)) known = [...known, number];
      layout = random(3) ? show(layout, number, size) : fill(layout, known, size);
    }
    assert.ok(layout.open.length <= size);
    assert.equal(new Set(layout.open).size, layout.open.length);
    assert.ok(layout.focus === null ? !layout.open.length : layout.open.includes(layout.focus));
    assert.ok(layout.open.every((one) => known.includes(one)));
  }
});
