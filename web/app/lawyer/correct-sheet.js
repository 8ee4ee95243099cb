// 更正解答 (27): a new version of an own answer. The old one stays, marked; what changed is shown before and after.
import { html } from 'lit';
import { t } from '../i18n.js';
import { length, LIMIT, remarks } from '../staff/answer-frame.js';
import { DeedSheet } from './deed-sheet.js';
import { newId } from '../id.js';
import { changes } from '../difference.js';
import { answerAt } from '../staff/suggested.js';

export class CorrectSheet extends DeedSheet {
  get title_() {
    return t('更正解答');
  }

  get verb() {
    return t('作为更正发出');
  }

  /** `detail`: {seq} of the own answer, and the {review} that is taken up, if one is. */
  async ask(number, { seq, review }) {
    const found = await answerAt(this.desk.link, number, seq).catch((error) => this.desk.complain(error));
    if (found) await super.ask(number, { seq, review, old: found.body });
  }

  /** What an expert has drawn up is begun with; a remark without it was not written for the citizen. */
  fresh({ old, review }) {
    return review?.wording ? { body: review.wording, reason: review.body, id: newId() } : { body: old, reason: '', id: newId() };
  }

  send() {
    const { number, detail: { seq, old }, values: { id } } = this;
    const [body, reason] = [this.values.body.trim(), this.values.reason.trim()];
    if (!body || length(body) > LIMIT || body === old) return this.miss('body', t('请写下与原来不同的解答。'));
    if (!reason) return this.miss('reason', t('请向用户说明原因。'));
    const { desk } = this;
    this.deed(() => desk.behind.correct({ number, seq, id, body, reason }), t('更正已发出，用户会看到原因和新旧两个版本'));
  }

  fields() {
    const { detail: { old, review }, values: { body } } = this;
    const changed = body.trim() && body.trim() !== old;
    const found = changed ? remarks(body) : [];
    return html`<p class="soft">${t('原解答保留并标明已更正；用户会看到新的解答和原因（第二十七条）。')}</p>
      ${!review ? '' : review.wording ? html`<p class="soft small">${t('下面是专家 {no} 建议的文字和理由，您可以修改；发出即为采纳。', { no: review.by })}</p>`
    : html`<div class="internal deeds-said"><p class="small soft">${t('专家 {no} 的建议，用户看不到', { no: review.by })}</p><p class="kept">${review.body}</p></div>`}
      <details class="deeds-old"><summary>${t('原来的解答')}</summary><p class="kept" lang="zh">${old}</p></details>
      ${this.text('body', t('新的解答（用户可见）'), { rows: 7, max: LIMIT, first: true })}
      ${this.text('reason', t('更正的原因（用户可见）'), { rows: 2, said: true })}
      <div role="alert">${found.length ? html`<div class="notice warn small"><ul>${found.map((one) => html`<li>${one}</li>`)}</ul></div>` : ''}</div>
      ${changed ? html`<div role="group" aria-label=${t('改了什么')}><p class="small soft">${t('改了什么')}</p>${changes(old, body.trim())}</div>` : ''}`;
  }
}
customElements.define('correct-sheet', CorrectSheet);
