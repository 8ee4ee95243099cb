import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join, length, remarks, split } from '../app/staff/answer-frame.js';
import { fillIn, find, insert } from '../app/lawyer/canned.js';
import { Drafts } from '../app/lawyer/drafts.js';

test('the frame writes only the parts that were filled in, under their headings', () => {
  const text = join({ facts: '欠薪三个月', law: '  ', steps: '申请仲裁' });
  assert.equal(text, '【我理解的事实】\n欠薪三个月\n\n【怎么做、何时前】\n申请仲裁');
});

test('leaving the frame and coming back loses nothing', () => {
  const values = { facts: '一\n二', analysis: '三', risk: '四' };
  assert.deepEqual(split(join(values)), values);
});

test('free text without headings goes into the analysis', () => {
  assert.deepEqual(split('可以要求补偿。\n\n【注意】别错过时限。'), { analysis: '可以要求补偿。\n\n【注意】别错过时限。' });
});

test('length counts code points, as the server does', () => {
  assert.equal(length('𠮷😀a'), 3);
});

test('a promise of success, a telephone number and a very short answer are remarked on', () => {
  assert.equal(remarks('建议起诉。').length, 1);
  const long = '您有权解除合同并要求经济补偿，请在一年内向劳动人事争议仲裁委员会提出仲裁申请，准备好工资记录。';
  assert.deepEqual(remarks(long), []);
  assert.equal(remarks(`${long}这个案子保证胜诉。`).length, 1);
  assert.equal(remarks(`${long}有事打 13812345678。`).length, 1);
});

test('a case number or an amount is not taken for contact details', () => {
  const body = '依据（2026）京0105民初12345号判决，您可以主张押金 6500 元和利息，并应在判决生效后申请执行。';
  assert.deepEqual(remarks(body), []);
});

test('variables of a canned reply are filled in, unknown ones stay', () => {
  const reply = '您好，{staff_no} 号，关于{category}（{number}），{name}。';
  assert.equal(fillIn(reply, { staff_no: 'L0017', category: '继承', number: 'N' }), '您好，L0017 号，关于继承（N），{name}。');
});

test('the search wants every word, titles first, own before shared', () => {
  const items = [
    { title: '问候', body: '您好 合同', own: false }, { title: '合同', body: '甲', own: false }, { title: '补充合同', body: '乙', own: true },
  ];
  assert.deepEqual(find(items, '合同').map(({ title }) => title), ['补充合同', '合同', '问候']);
  assert.deepEqual(find(items, '合同 您好').map(({ title }) => title), ['问候']);
  assert.equal(find(items, '').length, 3);
});

test('a reply replaces the selection and begins on its own line', () => {
  assert.deepEqual(insert({ value: '前后', selectionStart: 1, selectionEnd: 1 }, '中'), { value: '前\n中后', caret: 3 });
  assert.deepEqual(insert({ value: '', selectionStart: 0, selectionEnd: 0 }, '中'), { value: '中', caret: 1 });
});

test('drafts outlive a reload, and an empty one is forgotten', () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const drafts = new Drafts(storage);
  drafts.put('A', 'line', '写到一半');
  drafts.put('B', 'answer', { free: 'x' });
  drafts.put('B', 'answer', null);
  const again = new Drafts(storage);
  assert.equal(again.get('A', 'line'), '写到一半');
  assert.ok(!again.has('B'));
});

test('a storage that is full or broken costs nothing but the reload', () => {
  const drafts = new Drafts({ getItem: () => '{broken', setItem: () => { throw new Error('full'); } });
  drafts.put('A', 'line', 'x');
  assert.equal(drafts.get('A', 'line'), 'x');
});
