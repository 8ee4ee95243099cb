import assert from 'node:assert/strict';
import { test } from 'node:test';
import { day, dayKey, hour, moment, t } from '../app/i18n.js';
import { readPo } from '../po.mjs';

test('a .po file gives its translations without header, comments and fuzzy entries', () => {
  const text = 'msgid ""\nmsgstr "Content-Type: x\\n"\n\n#: a.js\nmsgid "甲 {n}"\nmsgstr "A {n}"\n\n#, fuzzy\nmsgid "乙"\nmsgstr "B"\n\nmsgid ""\n"长"\n"句"\nmsgstr ""\n"long \\"one\\""\n\nmsgid "未译"\nmsgstr ""\n';
  assert.deepEqual([...readPo(text)], [['甲 {n}', 'A {n}'], ['长句', 'long "one"']]);
});

test('values are filled in and an unknown name is left alone', () => {
  assert.equal(t('第 {n} 位，{x}', { n: 3 }), '第 3 位，{x}');
});

test('times are those of Asia/Shanghai wherever the telephone is', () => {
  const time = '2026-11-23T16:05:00.000Z';
  assert.equal(hour(time), '00:05');
  assert.equal(dayKey(time), '2026-11-24');
  const now = new Date('2026-11-24T01:00:00Z');
  assert.equal(day(time, now), '今天');
  assert.equal(day('2026-11-23T01:00:00Z', now), '昨天');
  assert.equal(moment(time, now), '00:05');
  assert.match(moment('2026-11-20T01:00:00Z', now), /11月20日 09:00/);
});
