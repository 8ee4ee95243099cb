// 延误说明 (23): a lawyer who held a talk for a fair share of a clock that ran out tells the citizen why, in own words. It is
// owed until done, even when the talk has gone on to somebody else.
import { html } from 'lit';
import { t } from '../i18n.js';
import { length, LIMIT } from '../staff/answer-frame.js';
import { DeedSheet } from './deed-sheet.js';
import { newId } from '../id.js';

export class ExplainSheet extends DeedSheet {
  get title_() {
    return t('向用户说明延误的原因');
  }

  get verb() {
    return t('发给用户');
  }

  fresh() {
    return { body: '', id: newId() };
  }

  send() {
    const body = this.values.body.trim();
    if (!body || length(body) > LIMIT) return this.miss('body', t('请向用户说明原因。'));
    this.deed(() => this.desk.behind.explain(this.number, this.values.id, body), t('已向用户说明'));
  }

  fields() {
    return html`<p class="soft">${t('计时期间这个咨询由您承办，须主动向用户解释，说明原因（第二十三条）。系统已先行致歉；这里写您自己的说明。')}</p>
      ${this.text('body', t('原因（用户可见）'), { rows: 4, max: LIMIT, said: true, first: true, hint: t('例如：需要查阅您提到的地方规定。') })}`;
  }
}
customElements.define('explain-sheet', ExplainSheet);
