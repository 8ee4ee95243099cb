import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contacts } from '../app/staff/contacts.js';

const CASES = JSON.parse(readFileSync(new URL('../../tests/contacts.json', import.meta.url), 'utf8'));
const LAND_LINES = ['法院电话 010-12345678'];

test('the console warns of every private contact that the server refuses', () => {
  assert.deepEqual(CASES.private.filter((text) => !contacts(text).length), []);
});

test('and of nothing that it lets pass but land lines', () => {
  assert.deepEqual(CASES.harmless.filter((text) => contacts(text).length), LAND_LINES);
});
