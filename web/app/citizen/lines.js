// The lines of a talk: days, who spoke, marks, notices as what they are, answers as cards.
import { html, nothing } from 'lit';
import { day, dayKey, hour, t } from '../i18n.js';
import { recall, remember } from './storage.js';
import { elsewhere } from './elsewhere.js';
import { later } from './later.js';
import { errorWords, staffWord } from './words.js';

const NOTICES = {
  disclaimer: ['info', '风险提示'], delay_explained: ['warn', '延误说明'], answer_promised: ['info', '约期答复'],
  question_asked: ['info', '需要您补充'], correction: ['warn', '解答更正'], refusal: ['danger', '不予解答的说明'],
  offline_engagement: ['info', '线下委托须知'], rate_us: ['', '请您评价'], callback: ['info', '回访'],
  expert_joined: ['info', '专家组参与'], reconnecting: ['warn', '律师正在重新连接'], transferred: ['info', '已转接'],
  idle_warning: ['warn', '即将结束'], closed: ['', '咨询结束'], convert_offered: ['info', '可以改为留言'],
};
const CARDS = { refusal: 'refusal', offline_engagement: 'offlineEngagement', convert_offered: 'convertOffered' };

/** @param talk the element @param ticket */
export function lines(talk, ticket) {
  const { desk, number } = talk;
  const said = desk.link.messages(number);
  const shown = new Set(said.map(({ id }) => id));
  const own = desk.unseen(number).filter(({ id }) => !shown.has(id));
  const out = [];
  let before = null;
  const put = (line, at, who) => {
    const key = dayKey(at);
    if (key !== before?.key) out.push(html`<li class="talk-day"><time datetime=${key}>${day(at)}</time></li>`);
    out.push(line(key !== before?.key || who !== before.who));
    before = { key, who };
  };
  const asked = new Set(said.filter(({ notice: kind }) => kind === 'question_asked').map(({ seq }) => seq - 1));
  for (const message of said) {
    const { author, type, seq } = message;
    const who = type === 'text' || type === 'attachment' ? `${author.kind} ${author.staff_no}` : null;
    const kind = type === 'notice' ? notice : type === 'answer' ? answer : line;
    put((first) => kind(talk, ticket, message, first, asked.has(seq)), message.sent_at, who);
  }
  for (const one of own) put(() => unsent(talk, one), one.at, 'citizen null');
  return out;
}

function line(talk, ticket, message, first, asked) {
  const mine = message.author.kind === 'citizen';
  return html`
    <li class="line ${mine ? 'mine' : 'theirs'} ${asked ? 'asked' : ''}">
      ${asked ? html`<strong class="asked-word">${t('需要您补充')}</strong>` : nothing}
      ${mine ? html`<span class="line-who visually-hidden">${t('我')}</span>` : first ? html`<span class="line-who">${staffWord(message.author)}</span>` : nothing}
      <div class="bubble">${body(message)}</div>
      <span class="line-marks"><time datetime=${message.sent_at}>${hour(message.sent_at)}</time>${mine ? mark(ticket, message) : nothing}</span>
    </li>`;
}

function body(message) {
  if (message.type !== 'attachment' || !message.attachment) return message.body;
  const { id, name } = message.attachment;
  return html`<a href="/api/v1/attachments/${id}" target="_blank" rel="noopener">${name}</a>`;
}

function mark({ read }, { seq }) {
  const seen = (read?.staff ?? 0) >= seq || (read?.expert ?? 0) >= seq;
  return html`<span class=${seen ? 'read' : ''}><span aria-hidden="true">${seen ? '✓✓' : '✓'}</span>
    <span class="visually-hidden">${seen ? t('对方已读') : t('已送达')}</span></span>`;
}

function unsent(talk, { id, body, at, state, error }) {
  const failed = state === 'failed';
  return html`
    <li class="line mine ${failed ? 'failed' : 'unsent'}">
      <span class="line-who visually-hidden">${t('我')}</span>
      <div class="bubble">${body}</div>
      <span class="line-marks"><time>${hour(at)}</time>
        ${failed ? html`<span role="alert">${t('没有发出：{why}', { why: errorWords(error) })}</span>
          <button class="btn quiet" @click=${() => talk.desk.say(talk.number, body, id)}>${t('重新发送')}</button>
          <button class="btn quiet" @click=${() => talk.desk.discard(talk.number, id)}>${t('删除')}</button>`
        : state === 'stored' ? html`<span aria-hidden="true">✓</span><span class="visually-hidden">${t('已送达')}</span>`
        : html`<span>${t('发送中…')}</span>`}
      </span>
    </li>`;
}

function answer(talk, ticket, message) {
  const { author, body, corrected_by, corrects, sent_at, seq } = message;
  const old = corrects && talk.desk.link.messages(talk.number).find((one) => one.seq === corrects);
  return html`
    <li class="line wide" id="said-${seq}" tabindex="-1">
      <article class="answer ${corrected_by ? 'corrected' : ''}">
        <header class="answer-head">
          <span><strong>${corrects ? t('更正后的解答') : t('解答')}</strong> ${staffWord(author)}</span>
          <span class="soft">${corrected_by ? html`<span class="chip warn">${t('已更正')}</span>` : nothing}
            <time datetime=${sent_at}>${hour(sent_at)}</time></span>
        </header>
        ${corrected_by || corrects ? html`<p class="answer-link"><button class="btn quiet" @click=${() => talk.jump(corrected_by ?? corrects)}>
          ${corrected_by ? t('看更正后的解答') : t('看原来的解答')}</button></p>` : nothing}
        ${(ticket.doubted?.includes(seq) && later(talk)?.doubt()) || nothing}
        <div class="answer-body">${body}</div>
        ${(old && later(talk)?.correction(talk, message, old)) || nothing}
        <p class="answer-foot">${t('仅供参考（第三十四条）')}</p>
      </article>
    </li>`;
}

function notice(talk, ticket, message) {
  const [tone, words] = NOTICES[message.notice] ?? ['', '提示'];
  if (message.notice === 'disclaimer') return disclaimer(talk, message);
  const parts = later(talk);
  const card = parts?.[message.about ? 'lookedAgain' : CARDS[message.notice]];
  const drawn = card?.(talk, ticket, message, elsewhere);
  if (drawn) return drawn;
  return html`
    <li class="talk-notice ${tone}">
      <strong>${t(words)}</strong> ${message.author.kind === 'staff' ? html`<span>${staffWord(message.author)}</span> ` : nothing}<time class="soft" datetime=${message.sent_at}>${hour(message.sent_at)}</time>
      <div>${noticeWords(talk, message.body)}</div>
    </li>`;
}

// Its heading says already that it is a notice of risk.
function noticeWords(talk, body) {
  const plain = body.replace(/^风险提示[：:]\s*/, '');
  return later(talk)?.sentences(plain) ?? plain;
}

// Read once as a card; afterwards a chip that unfolds (Art. 18 wants it known, not repeated).
function disclaimer(talk, { seq, body: said }) {
  const body = noticeWords(talk, said);
  const key = `known:${talk.number}:${seq}`;
  const known = recall(key, false);
  const open = talk.open.has(key);
  if (!known) {
    return html`<li class="line wide"><section class="risk card stack tight" aria-label=${t('风险提示')}>
      <h2 class="plain">${t('风险提示')}</h2><p class="kept">${body}</p>
      <p><button class="btn" @click=${() => { remember(key, true); talk.requestUpdate(); talk.focusOn('textarea'); }}>${t('我知道了')}</button></p></section></li>`;
  }
  return html`<li class="line wide risk-chip"><button class="chip info" aria-expanded=${open} @click=${() => talk.toggle(key)}>
    ${t('风险提示')} <span aria-hidden="true">${open ? '▴' : '▾'}</span></button>
    ${open ? html`<p class="talk-notice info">${body}</p>` : nothing}</li>`;
}
