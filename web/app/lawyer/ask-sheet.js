// A question without which no answer is possible: the clock stands until the citizen speaks (23). And the card on offline
// engagement (22), which the lawyer posts but does not write.
import { html } from 'lit';
import { t } from '../i18n.js';
import { length, LIMIT } from '../staff/answer-frame.js';
import { DeedSheet } from './deed-sheet.js';
import { newId } from '../id.js';
import { OFFLINE, QUESTION_ASKED } from './notice-words.js';
import { MOST, used } from './permits.js';

export class AskSheet extends DeedSheet {
  get title_() {
    return t('向用户提问并暂停计时');
  }

  get verb() {
    return t('发出并暂停计时');
  }

  fresh() {
    return { body: '', id: newId() };
  }

  send() {
    const body = this.values.body.trim();
    if (!body || length(body) > LIMIT) return this.miss('body', t('请写下问题。'));
    this.deed(async () => {
      await this.desk.link.emit('ticket:ask', { number: this.number, id: this.values.id, body });
      await this.desk.link.watch(this.number).catch(() => {}); // the clock that stands comes with the ticket
    });
  }

  fields() {
    const { asks } = used(this.desk.link.messages(this.number));
    return html`<p class="soft">${t('只用于不补充就无法解答的情况。用户回复后计时继续。')}<br>${asks ? html`<b>${t('这是最后一次暂停。')}</b>` : t('最多可暂停 {n} 次。', { n: MOST.asks })}</p>
      ${this.text('body', t('问题（用户可见）'), { rows: 4, max: LIMIT, said: true, first: true })}
      ${this.shows(QUESTION_ASKED, t('问题之后，用户还将看到'))}`;
  }
}
customElements.define('ask-sheet', AskSheet);

export class OfflineSheet extends DeedSheet {
  get title_() {
    return t('线下委托提示');
  }

  get verb() {
    return t('发给用户');
  }

  send() {
    this.deed(() => this.desk.deed('ticket:offline', { number: this.number }));
  }

  fields() {
    return html`<p class="soft">${t('用户提出线下委托时使用：由平台告知途径，不留私人联系方式（第二十二条）。')}</p>${this.shows(OFFLINE)}`;
  }
}
customElements.define('offline-sheet', OfflineSheet);
