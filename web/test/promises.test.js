import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dissatisfied } from '../app/promises/asked.js';
import { asLocal, fromLocal, proposed, wrong } from '../app/promises/callback-time.js';
import { isDecision, referral, web } from '../app/promises/referral.js';
import { isNews, tell } from '../app/promises/notified.js';
import { when } from '../app/promises/escalated.js';
import { until } from '../app/i18n.js';
import { clockWords } from '../app/citizen/words.js';

const AT = Date.parse('2026-11-23T06:20:00.000Z'); // 14:20 in Beijing
const HOURS = 3_600_000;

test('a referral is taken apart into facts, and only telephones and addresses of the web become links', () => {
  const { text, facts } = referral('不属于本网业务范围。请向有关机关咨询：\n请咨询：市人社局\n电话：12333、010-6316 7788 转 2\n网址：https://rsj.example/a?b=1\n地图：https://map.example/x\n您可以申诉。');
  assert.deepEqual(text, ['不属于本网业务范围。请向有关机关咨询：', '您可以申诉。']);
  assert.deepEqual(facts.map(({ label }) => label), ['请咨询', '电话', '网址', '地图']);
  assert.deepEqual(facts[1].parts.map(({ href }) => href).filter(Boolean), ['tel:12333', 'tel:01063167788']);
  assert.equal(facts[1].parts.map(({ text: words }) => words).join(''), '12333、010-6316 7788 转 2');
  assert.equal(facts[2].parts[0].href, 'https://rsj.example/a?b=1');
  assert.equal(facts[3].parts[0].href, 'https://map.example/x');
  assert.equal(referral('地图：javascript:alert(1)').facts[0].parts[0].href, undefined);
  for (const bad of ['javascript:alert(1)', 'data:text/html,x', ' JaVaScRiPt:alert(1)', 'rsj.example', 'ftp://a.example']) assert.equal(web(bad), null, bad);
});

test('the refusal of a repeat leads to what was answered before, and nothing in that answer becomes a link', () => {
  const body = '已得到解答。\n此前的咨询：BJ20261123-000042-5\n您可以申诉。\n此前的解答：\n可以仲裁。\n电话：12333\n网址：https://a.example';
  const { text, facts, answer } = referral(body);
  assert.deepEqual(text, ['已得到解答。', '您可以申诉。']);
  assert.deepEqual(facts, [{ label: '此前的咨询', parts: [{ text: 'BJ20261123-000042-5', href: '#BJ20261123-000042-5' }] }]);
  assert.equal(answer, '可以仲裁。\n电话：12333\n网址：https://a.example');
  assert.equal(referral('此前的咨询：javascript:alert(1)').facts[0].parts[0].href, undefined);
});

test('what became of an appeal is known from the refusal that it was about', () => {
  assert.ok(isDecision('您的申诉成立：属于法律咨询\n您可以就同一问题重新提出咨询。'));
  assert.ok(isDecision('经复核，维持原处理：不属于本网范围'));
  assert.ok(!isDecision('您咨询的事项不属于本网业务范围（第二十八条）。请向有关机关咨询：'));
});

test('the time of a call-back is chosen in Beijing time, wherever the telephone is', () => {
  assert.equal(asLocal(AT), '2026-11-23T14:20');
  assert.equal(fromLocal('2026-11-23T14:20'), AT);
  assert.equal(asLocal(proposed(AT, AT + 50 * HOURS)), '2026-11-23T16:00');
  assert.equal(proposed(AT, AT + 600_000), AT + 540_000);
  assert.equal(wrong(AT - 1, AT, AT + HOURS), 'past');
  assert.equal(wrong(Number.NaN, AT, AT + HOURS), 'past');
  assert.equal(wrong(AT + 2 * HOURS, AT, AT + HOURS), 'late');
  assert.equal(wrong(AT + HOURS, AT, AT + HOURS), null);
});

test('a due time at midnight is said as the end of the day before', () => {
  assert.equal(until('2026-11-30T16:00:00.000Z'), '11月30日 24:00');
  assert.match(until('2026-11-30T15:00:00.000Z'), /11月30日 23:00/);
});

test('a question at the panel is late only when a clock of its own is, and without a time it still says who has it', () => {
  const due = '2026-11-30T15:00:00.000Z';
  assert.equal(when({ escalation: { due_at: due }, clock: null }), '最迟 11月30日 23:00 给您回音。');
  assert.equal(when({ escalation: { due_at: due }, clock: { late: true } }, true), '由律师答复您，最迟 11月30日 23:00。');
  assert.equal(when({ escalation: { due_at: null }, clock: { suspended: true, late: false } }), '等待您补充情况，计时已暂停');
  assert.match(when({ escalation: { due_at: null }, clock: { late: true } }), /^已超过时限/);
  assert.match(when({ escalation: { due_at: null }, clock: null }), /^专家组还没有回音/);
});

test('a suspended clock says whom it waits for, a late one that it is late, a call-back its article', () => {
  const clock = { article: 23, kind: 'live_answer', due_at: null, late: false, suspended: true, next: 'experts' };
  assert.equal(clockWords(clock).text, '等待您补充情况，计时已暂停');
  assert.equal(clockWords({ ...clock, suspended: false, due_at: '2026-11-30T15:00:00.000Z', late: true }).late, true);
  const callback = clockWords({ ...clock, article: 24, kind: 'callback', suspended: false, due_at: '2026-11-30T16:00:00.000Z' });
  assert.equal(callback.text, '应于 11月30日 24:00 前回访 · 第二十四条');
  assert.equal(clockWords(null), null);
});

test('a notification tells that there is news, and nothing of it', () => {
  const shown = [];
  class Note { static permission = 'granted'; constructor(...said) { shown.push(said); } }
  const news = { fresh: true, message: { author: { kind: 'staff' }, body: '秘密', notice: null } };
  assert.equal(isNews(news), true);
  assert.equal(isNews({ ...news, fresh: false }), false);
  assert.equal(isNews({ fresh: true, message: { author: { kind: 'citizen' } } }), false);
  tell(news, { page: { hidden: false }, Note });
  assert.equal(shown.length, 0);
  tell(news, { page: { hidden: true }, Note });
  assert.equal(shown.length, 1);
  assert.ok(!JSON.stringify(shown).includes('秘密'));
  Note.permission = 'default';
  tell(news, { page: { hidden: true }, Note });
  assert.equal(shown.length, 1);
});

test('who is not satisfied with the earlier answer is called back, and says so only once', async () => {
  const ask = (known, refuse) => {
    const [acts, tickets] = [[], new Map(known ? [['A', known]] : [])];
    const act = async (event, { number, ...more }) => {
      acts.push([event, more]);
      if (refuse) throw refuse;
      tickets.set(number, { satisfied: more.satisfied ?? null });
    };
    return { desk: { tickets, act }, acts, focusOn() {} };
  };
  const rate = ['ticket:rate', { satisfied: false }];
  for (const [form, expected] of [
    [ask({ satisfied: null }), [rate]],
    [ask({ satisfied: true }), [rate]],
    [ask({ satisfied: false }), []],
    [ask(null), [['ticket:sync', { after_seq: 0, limit: 1 }], rate]],
  ]) {
    await dissatisfied(form, 'A');
    assert.deepEqual([form.acts, form.busy, form.unsatisfied], [expected, false, {}]);
  }
  const late = ask({ satisfied: true }, { code: 'conflict' });
  await dissatisfied(late, 'A');
  assert.deepEqual(late.unsatisfied, { error: { code: 'conflict' } });
});
