import assert from 'node:assert/strict';
import { test } from 'node:test';
import { namesCase } from '../app/staff/case-number.js';

// The texts of tests/rules/test_article_31_case_numbers.py.
test('a line that names a case is known, documents and dates are not', () => {
  for (const text of ['(2026)京0105民初123号', '案号（2026）京0105民初123号之一', '〔2026〕京行复12号', '京朝劳人仲字[2026]第12号的裁决']) assert.ok(namesCase(text), text);
  for (const text of ['法释〔2020〕25号第几条？', '国发[2017]22号文件', '2026年3月12号离职', '门牌（2026）号', '123号']) assert.ok(!namesCase(text), text);
});
