// One message as the lawyer sees it. A person's words are only ever text.
import { html } from 'lit';
import { article, hour, lang, moment, t } from '../i18n.js';
import { changes } from '../difference.js';
import { namesCase } from './case-number.js';

const TONES = { idle_warning: 'warn', reconnecting: 'warn', transferred: 'info', delay_explained: 'danger', correction: 'info', answer_promised: 'info', question_asked: 'warn', refusal: 'danger', callback: 'warn' };
const ARTICLES = { disclaimer: 18, delay_explained: 23, answer_promised: 23, question_asked: 23, correction: 27, rate_us: 24, callback: 24, offline_engagement: 22, expert_joined: 27 };

const who = ({ kind, staff_no: no }, own) =>
  kind === 'citizen' ? t('用户')
    : kind === 'expert' ? t('专家 {no}', { no })
      : kind === 'system' ? t('系统') : no === own ? t('我（{no}）', { no }) : t('同事 {no}', { no });

const size = (bytes) => (bytes >= 1_048_576 ? `${(bytes / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1_024))} KB`);

function notice({ notice: kind, body, sent_at: at, author }, { own, known }) {
  const name = ARTICLES[kind] && article(ARTICLES[kind]);
  const rule = !name ? '' : lang() === 'en' ? ` (${name})` : `（${name}）`;
  if (kind === 'disclaimer') {
    return html`<li class="line wide"><details class="talk-notice folded"><summary>${t('已向用户作风险提示')}${rule} · ${hour(at)}</summary>
      <p>${body}</p></details></li>`;
  }
  return html`<li class="talk-notice kept ${TONES[kind] ?? ''}">${author.kind === 'staff' ? html`<strong>${who(author, own)}</strong> ` : ''}${body}${rule} <time datetime=${at}>${hour(at)}</time>${known === undefined ? ''
    : html`<br><span class="small">${known ? t('用户已知道去哪里（{at}）', { at: moment(known) }) : t('用户尚未确认知道去哪里')}</span>`}</li>`;
}

/** Whether a line continues what the same person just said, so that the name need not stand above it again. */
export const goesOn = (last, { type, author }) =>
  last !== null && type === 'text' && last.type === 'text' && last.author.kind === author.kind && last.author.staff_no === author.staff_no;

/** `read`: the last seq the citizen has read; `own`: this lawyer's number; `goesOn`: see above; `correct`: puts it right, if that
 *  is possible; `old`: the body of the answer that this one corrects; `known`: when the citizen said to know
 *  where this refusal leads to, null if not yet. */
export function said(message, { own, read = 0, goesOn: on = false, correct, old, known }) {
  const { type, author, body, sent_at: at, seq, attachment, corrected_by: corrected, corrects } = message;
  if (type === 'notice') return notice(message, { own, known });
  const mine = author.kind !== 'citizen';
  const marks = html`<div class="line-marks"><time datetime=${at}>${hour(at)}</time>
    ${!mine && namesCase(body ?? '') ? html`<span class="chip warn">${t('写有案号，请核对（第三十一条）')}</span>` : ''}
    ${mine ? html`<span class=${seq <= read ? 'read' : ''}>${seq <= read ? t('已读') : t('已送达')}</span>` : ''}</div>`;
  const seen = message.confirmed_at ? t('用户已确认看到更正（{at}）', { at: moment(message.confirmed_at) }) : t('用户尚未确认看到更正');
  if (type === 'answer') {
    return html`<li class="line wide"><article class="answer ${corrected ? 'corrected' : ''}" aria-label=${t('解答')}>
      <header class="answer-head"><strong>${corrects ? t('更正后的解答') : t('解答')}</strong><span>${who(author, own)}</span>
        ${corrected ? html`<span class="chip warn">${t('已被更正，请看后面的解答')}</span>` : ''}</header>
      <div class="answer-body">${body}</div>
      ${old ? html`<details class="answer-changes"><summary>${t('与原解答的不同')}</summary>${changes(old, body)}</details>` : ''}
      <footer class="answer-foot">${marks}${corrects && !corrected ? html`<span>${seen}</span>` : ''}${correct ? html`<button class="btn quiet" @click=${correct}>${t('更正')}</button>` : ''}</footer></article></li>`;
  }
  const content = attachment
    ? html`<a href="/api/v1/attachments/${attachment.id}" download>${attachment.name}</a> <span class="soft">${size(attachment.size)}</span>`
    : body;
  return html`<li class="line ${mine ? 'mine' : ''}"><span class="line-who ${on ? 'visually-hidden' : ''}">${who(author, own)}</span>
    <div class="bubble">${content}</div>${marks}</li>`;
}

/** A line that is under way, and one that was refused. */
export function pending({ event, payload }) {
  return html`<li class="line mine unsent"><span class="line-who">${event === 'ticket:answer' ? t('解答') : t('我')}</span>
    <div class="bubble">${payload.body}</div><div class="line-marks">${t('发送中…')}</div></li>`;
}

export function refused(failure, { again, edit }) {
  return html`<li class="line mine failed"><span class="line-who">${failure.event === 'ticket:answer' ? t('解答') : t('我')}</span>
    <div class="bubble">${failure.body}</div>
    <div class="line-marks"><span role="alert">${t('未发出：{why}', { why: failure.message || t('请重试') })}</span>
      <button class="btn quiet" @click=${again}>${t('重发')}</button>
      <button class="btn quiet" @click=${edit}>${t('改写')}</button></div></li>`;
}
