// The statutory clock in words. Every deadline is the server's; only the time that remains to it is worked out here.
import { article, t, until } from '../i18n.js';

const WARN_SHARE = 0.2;

/** A span in ms as a person says it: "1 小时 5 分", "23 分", below ten minutes "5 分 12 秒". */
export function span(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (h >= 24) return t('{d} 天 {h} 小时', { d: Math.floor(h / 24), h: h % 24 });
  if (h) return t('{h} 小时 {m} 分', { h, m });
  if (m >= 10) return t('{m} 分', { m });
  return m ? t('{m} 分 {s} 秒', { m, s }) : t('{s} 秒', { s });
}

/** When the clock that runs now began to: the opening, the promise, the call-back's opening, or the citizen's first words after
 *  the last answer. */
export function since(ticket, messages = []) {
  const { kind } = ticket.clock ?? {};
  const begun = kind === 'promise' ? messages.findLast(({ notice }) => notice === 'answer_promised')
    : kind === 'callback' ? messages.find(({ notice }) => notice === 'callback') : null;
  if (begun) return begun.sent_at;
  const answered = messages.findLastIndex(({ type }) => type === 'answer');
  const asked = messages.slice(answered + 1).find(({ author }) => author.kind === 'citizen');
  return (answered >= 0 && asked?.sent_at) || ticket.opened_at;
}

/**
 * {level: none|ok|warn|late|held|done, left: ms|null, due, article}. `now` is the server's time in ms; `begun` when the clock
 * started; `warned` tells that the server itself gave a warning. Late is late by the server's word or when nothing remains.
 */
export function reading(ticket, now, { begun = ticket.opened_at, warned = false } = {}) {
  const { clock } = ticket;
  if (ticket.state === 'closed' && !clock) return { level: 'none', left: null };
  if (!clock) return { level: ticket.state === 'answered' ? 'done' : 'none', left: null };
  if (clock.suspended || !clock.due_at) return { level: 'held', left: null, article: clock.article };
  const due = new Date(clock.due_at).getTime();
  const left = due - now;
  const short = left <= (due - new Date(begun).getTime()) * WARN_SHARE;
  const level = clock.late || left <= 0 ? 'late' : warned || short ? 'warn' : 'ok';
  return { level, left, due: clock.due_at, article: clock.article };
}

const NEXT = {
  experts: () => t('逾期将转专家组并向用户说明'),
  reroute: () => t('逾期将改派其他人员'),
  operator: () => t('逾期将由值班运营处理'),
  close: () => t('届时自动结束'),
};

/** The reading as {short, long}: a few characters for the list, one sentence for the talk. */
export function words(ticket, { level, left, due, article: number }) {
  const rule = number ? article(number) : '';
  if (level === 'done') return { short: t('已解答'), long: t('已解答，法定计时已停止') };
  if (level === 'held') return { short: t('计时暂停'), long: t('{rule} · 等待用户补充，计时暂停', { rule }) };
  if (level === 'none') return { short: ticket.state === 'closed' ? t('已结束') : '', long: '' };
  const at = until(due);
  if (level === 'late') {
    const over = span(-left);
    const what = ticket.clock.kind === 'callback' ? t('{rule} · 应于 {at} 前回访，已超时 {over}', { rule, at, over })
      : t('{rule} · 应于 {at} 前解答，已超时 {over}', { rule, at, over });
    return { short: t('超时 {over}', { over }), long: what };
  }
  const rest = span(left);
  const what = ticket.clock.kind === 'callback' ? t('{rule} · {at} 前回访 · 剩余 {rest}', { rule, at, rest })
    : ticket.clock.kind === 'promise' ? t('{rule} · 约定 {at} 前答复 · 剩余 {rest}', { rule, at, rest })
      : t('{rule} · {at} 前解答 · 剩余 {rest}', { rule, at, rest });
  const next = level === 'warn' ? NEXT[ticket.clock.next]?.() : null;
  const short = { callback: t('回访 剩 {rest}', { rest }), promise: t('约期 剩 {rest}', { rest }) }[ticket.clock.kind] ?? t('剩 {rest}', { rest });
  return { short, long: next ? `${what} · ${next}` : what };
}
