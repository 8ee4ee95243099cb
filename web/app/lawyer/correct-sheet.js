// 更正解答 (27): a new version of an own answer. The old one stays, marked; what changed is shown before and after.
import { html } from 'lit';
import { t } from '../i18n.js';
import { length, LIMIT, remarks } from '../staff/answer-frame.js';
import { DeedSheet } from './deed-sheet.js';
import { newId } from '../id.js';
import { changes } from '../staff/difference.js';

export class CorrectSheet extends DeedSheet {
  get title_() {
    return t('更正解答');
  }

  get verb() {
    return t('作为更正发出');
  }

  /** `detail`: {seq} of the own answer. The answer is fetched when its talk is not on the desk. */
  async ask(number, { seq }) {
    const known = this.desk.link.messages(number).find((message) => message.seq === seq);
    const found = known ?? (await this.desk.link.emit('ticket:sync', { number, after_seq: seq - 1, limit: 1 })
      .catch((error) => this.desk.complain(error)))?.messages[0];
    if (found) await super.ask(number, { seq, old: found.body });
  }

  fresh({ old }) {
    return { body: old, reason: '', id: newId() };
  }

  send() {
    const { number, detail: { seq, old }, values: { id } } = this;
    const [body, reason] = [this.values.body.trim(), this.values.reason.trim()];
    if (!body || length(body) > LIMIT || body === old) return this.miss('body', t('请写下与原来不同的解答。'));
    if (!reason) return this.miss('reason', t('请向用户说明原因。'));
    const { desk } = this;
    this.deed(() => desk.link.emit('answer:correct', { number, seq, id, body, reason }), t('更正已发出，用户会看到原因和新旧两个版本'));
  }

  fields() {
    const { detail: { old }, values: { body } } = this;
    const changed = body.trim() && body.trim() !== old;
    const found = changed ? remarks(body) : [];
    return html`<p class="soft">${t('原解答保留并标明已更正；用户会看到新的解答和原因（第二十七条）。')}</p>
      <details class="deeds-old"><summary>${t('原来的解答')}</summary><p class="kept" lang="zh">${old}</p></details>
      ${this.text('body', t('新的解答（用户可见）'), { rows: 7, max: LIMIT, first: true })}
      ${this.text('reason', t('更正的原因（用户可见）'), { rows: 2, said: true })}
      <div role="alert">${found.length ? html`<div class="notice warn small"><ul>${found.map((one) => html`<li>${one}</li>`)}</ul></div>` : ''}</div>
      ${changed ? html`<div role="group" aria-label=${t('改了什么')}><p class="small soft">${t('改了什么')}</p>${changes(old, body.trim())}</div>` : ''}`;
  }
}
customElements.define('correct-sheet', CorrectSheet);
