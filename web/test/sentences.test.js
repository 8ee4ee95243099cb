import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { speak } from '../app/i18n.js';
import { key } from '../app/key.js';
import { english as sentences } from '../app/promises/english.js';
import { readPo } from '../po.mjs';

const po = readPo(readFileSync(new URL('../locale/en/LC_MESSAGES/chatserver.po', import.meta.url), 'utf8'));
await speak('en', async () => ({ default: Object.fromEntries([...po].map(([id, words]) => [key(id), words])) }));

test('a delay is told in English with the limit that it names', () => {
  const late = (span) => sentences(`很抱歉，未能在 ${span}内为您解答。您的咨询已报专家组，正在尽快处理。`);
  assert.match(late('20 分钟'), /not answered within 20 minutes\./);
  assert.match(late('1 小时'), /not answered within 1 hour\./);
  assert.match(late('45 秒'), /not answered within 45 seconds\./);
});

test('a call-back that the calendar moved is told in English, as is a holiday', () => {
  assert.match(sentences('放假安排已经公布，回访期限更正为 11月30日 24:00。'), /now due by 30 November 24:00\.$/);
});
