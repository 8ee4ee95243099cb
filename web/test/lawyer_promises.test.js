import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { draftOf, join, textOf } from '../app/staff/answer-frame.js';
import { banners } from '../app/staff/banners.js';
import { until } from '../app/i18n.js';
import { fromInput, toInput, usual, written } from '../app/lawyer/beijing.js';
import { reading, since, words } from '../app/staff/clock.js';
import { contacts } from '../app/staff/contacts.js';
import { difference, shortened } from '../app/difference.js';
import * as said from '../app/lawyer/notice-words.js';
import { correctable, permits } from '../app/lawyer/permits.js';

const AT = Date.parse('2026-11-23T06:00:00.000Z'); // 14:00 in Beijing
const notice = (kind, at = '2026-11-23T06:00:00.000Z') => ({ notice: kind, sent_at: at, author: { kind: 'system' }, type: 'notice' });
const ticket = (more = {}, clock = {}) => ({
  state: 'active', opened_at: '2026-11-23T06:00:00.000Z', escalation: null,
  clock: { article: 23, kind: 'live_answer', due_at: '2026-11-23T07:00:00.000Z', late: false, suspended: false, next: 'experts', ...clock }, ...more,
});

test('telephones, WeChat, QQ and e-mail are found, hot lines, amounts and case numbers are not', () => {
  assert.deepEqual(contacts('打 13812345678 或 138-1234-5678'), ['13812345678', '138-1234-5678']);
  for (const text of ['座机 010-65123456', '微信：lawyer_88', '加V: abcdef', 'QQ号 1234567', '发到 a.b@example.com']) assert.equal(contacts(text).length, 1, text);
  const harmless = '请打 12348 或 12345，押金 6500 元，（2026）京0105民初12345号，身份证 110105199001011234 不要发。';
  assert.deepEqual(contacts(harmless), []);
});

test('a promised time is that of Beijing, wherever the computer is', () => {
  assert.equal(toInput(AT), '2026-11-23T14:00');
  assert.equal(fromInput('2026-11-23T14:00'), AT);
  assert.ok(Number.isNaN(fromInput('')));
  assert.equal(written(Date.parse('2026-11-23T16:30:00Z')), '11月24日 00:30');
});

test('the usual times lie ahead and in order, and this evening only while it is far enough', () => {
  assert.deepEqual(usual(AT).map(toInput), ['2026-11-23T16:00', '2026-11-23T18:00', '2026-11-24T10:00', '2026-11-24T18:00']);
  const late = Date.parse('2026-11-23T09:45:00Z');
  assert.deepEqual(usual(late).map(toInput), ['2026-11-23T20:00', '2026-11-24T10:00', '2026-11-24T18:00']);
});

test('the end of a day is its 24:00', () => {
  assert.match(until('2026-11-27T16:00:00.000Z'), /27\D.*24:00$/);
  assert.match(until('2026-11-27T15:30:00.000Z'), /23:30$/);
});

test('the words shown before sending are the very words of the server', () => {
  const source = readFileSync(new URL('../../chatserver/rules/notices.py', import.meta.url), 'utf8').replace(/"\s*\n\s*"/g, '');
  for (const text of [...Object.values(said.REFUSAL), said.UNPROVEN, said.MAY_APPEAL, said.OFFLINE, said.QUESTION_ASKED, said.PASSED_ON]) assert.ok(source.includes(text), text);
  const rules = (name) => readFileSync(new URL(`../../chatserver/rules/${name}.py`, import.meta.url), 'utf8');
  for (const line of said.card({ who: 'a', where: 'b', phone: 'c', hours: 'd', url: 'e', map: 'f' }).split('\n')) assert.ok(rules('refusing').includes(`"${line.split('：')[0]}"`), line);
  assert.ok(rules('promising').includes('律师将于 {shown} 前答复您。'));
});

test('a refusal reads as the card, then what was added, then that it may be appealed', () => {
  const text = said.refusal('out_of_scope', { who: '某局', phone: '12333' }, '请带合同。');
  assert.equal(text, `${said.REFUSAL.out_of_scope}\n请咨询：某局\n电话：12333\n请带合同。\n${said.MAY_APPEAL}`);
  const again = said.refusal('repeated', { who: '某局' }, '', 'BJ20261123-000042-5');
  assert.ok(!again.includes('某局'));
  assert.equal(again, `${said.REFUSAL.repeated}\n此前的咨询：BJ20261123-000042-5\n${said.MAY_APPEAL}\n此前的解答：\n（原文）`);
  const source = readFileSync(new URL('../../chatserver/rules/notices.py', import.meta.url), 'utf8');
  for (const text of ['"此前的咨询：{number}"', '"此前的解答："']) assert.ok(source.includes(text), text);
});

test('the difference gives both versions back and marks only what changed', () => {
  const [old, fresh] = ['应在一年内申请仲裁。', '应在离职起一年内申请劳动仲裁。'];
  const parts = difference(old, fresh);
  const of = (...kinds) => parts.filter(({ kind }) => kinds.includes(kind)).map(({ text }) => text).join('');
  assert.equal(of('same', 'old'), old);
  assert.equal(of('same', 'new'), fresh);
  assert.deepEqual(parts.filter(({ kind }) => kind === 'new').map(({ text }) => text), ['离职起', '劳动']);
});

test('a sign that stayed between two changes does not break them up', () => {
  const parts = difference('应在两年内向法院起诉。', '应在一年半向仲裁委起诉。');
  assert.deepEqual(parts.map(({ kind, text }) => [kind, text]), [
    ['same', '应在'], ['old', '两年内向法院'], ['new', '一年半向仲裁委'], ['same', '起诉。'],
  ]);
});

test('what stayed is cut down to what stands beside a change, and nothing that changed is', () => {
  const [head, tail] = ['前'.repeat(200), '后'.repeat(200)];
  const texts = shortened(difference(`${head}两年${tail}两月${tail}`, `${head}一年${tail}一月${tail}`)).map(({ text }) => text);
  assert.equal(texts[0], ` … ${'前'.repeat(24)}`);
  assert.ok(texts.join('').length < 260 && texts.includes('两') && texts.includes('一'));
  assert.deepEqual(shortened(difference('时效为两年。', '时效为一年。')).map(({ text }) => text), ['时效为', '两', '一', '年。']);
});

test('long answers are compared too, by clauses, and quickly', () => {
  const old = Array.from({ length: 900 }, (_, n) => `第${n}句话。`).join('');
  const fresh = old.replaceAll('9', '九');
  const began = performance.now();
  const parts = difference(old, fresh);
  assert.ok(performance.now() - began < 3_000);
  assert.equal(parts.filter(({ kind }) => kind !== 'old').map(({ text }) => text).join(''), fresh);
});

test('the list of actions says why something is not possible', () => {
  const may = (state, messages = []) => permits(state, messages);
  assert.equal(may(ticket()).schedule, null);
  assert.match(may(ticket(), [notice('answer_promised'), notice('answer_promised')]).schedule, /两次/);
  assert.match(may(ticket({}, { late: true })).schedule, /时限/);
  assert.match(may(ticket({}, { suspended: true })).ask, /暂停/);
  assert.match(may(ticket(), [notice('question_asked'), notice('question_asked')]).ask, /两次/);
  assert.match(may(ticket({ escalation: { state: 'open' } })).escalate, /专家组/);
  assert.match(may(ticket({ state: 'closed' })).transfer, /结束/);
  assert.equal(may(ticket({ state: 'answered' })).offline, null);
  assert.equal(may(ticket({ state: 'closed' })).note, null);
});

test('only an own answer that is not yet replaced may be corrected', () => {
  const answer = { type: 'answer', author: { kind: 'staff', staff_no: 'L0001' }, corrected_by: null };
  assert.ok(correctable(answer, 'L0001'));
  assert.ok(!correctable(answer, 'L0002'));
  assert.ok(!correctable({ ...answer, corrected_by: 7 }, 'L0001'));
  assert.ok(!correctable({ ...answer, type: 'text' }, 'L0001'));
});

test('a call-back has its clock though the talk is closed, a promise began when it was given', () => {
  const due = ticket({ state: 'closed' }, { article: 24, kind: 'callback', due_at: '2026-11-26T16:00:00.000Z' });
  const state = reading(due, AT, { begun: due.opened_at });
  assert.equal(state.level, 'ok');
  assert.match(words(due, state).long, /第二十四条 .* 前回访/);
  assert.match(words(due, reading(due, Date.parse('2026-11-26T17:00:00Z'))).long, /应于 .* 前回访，已超时/);
  const promised = ticket({ state: 'scheduled' }, { kind: 'promise' });
  assert.equal(since(promised, [notice('answer_promised', 'a'), notice('answer_promised', 'b')]), 'b');
});

test('reminders and call-backs stand above everything, the soonest first', () => {
  const calm = { state: 'online', stale: false, checkedAt: 1, duty: { status: 'on' }, reason: null, silent: false };
  const found = banners({ ...calm, reminders: [['A', '2026-11-23T07:00:00.000Z']], callbacks: [{ callback: { at: null }, callback_due_at: '2026-11-26T16:00:00.000Z' }] });
  assert.deepEqual(found.map(({ act, number }) => [act, number]), [['go', 'A'], ['callbacks', undefined]]);
  assert.match(found[0].text, /A 应于/);
});

test('a draft goes to the server as one text and comes back into its frame', () => {
  const framed = { framed: true, free: '', parts: { facts: '欠薪', law: '劳动法' } };
  assert.deepEqual(draftOf(textOf(framed)), framed);
  assert.equal(textOf(framed), join(framed.parts));
  assert.deepEqual(draftOf('一句话'), { framed: false, free: '一句话', parts: {} });
});
