// 约期答复 (23): a reason and a time, before the clock runs out; it may be moved once.
import { html } from 'lit';
import { moment, t } from '../i18n.js';
import { fromInput, toInput, usual, written } from './beijing.js';
import { DeedSheet } from './deed-sheet.js';
import { promise } from './notice-words.js';
import { MOST, used } from './permits.js';

const LONGEST = 30 * 864e5;

export class PromiseSheet extends DeedSheet {
  get title_() {
    return t('约期答复');
  }

  get verb() {
    return t('约定这个时间');
  }

  fresh() {
    return { explanation: '', at: '' };
  }

  send() {
    const at = fromInput(this.values.at);
    const now = this.desk.time.now();
    const explanation = this.values.explanation.trim();
    if (!explanation) return this.miss('explanation', t('请向用户说明原因。'));
    if (!(at > now && at <= now + LONGEST)) return this.miss('at', t('请选择三十天以内、现在之后的时间。'));
    this.deed(() => this.desk.deed('ticket:schedule', { number: this.number, promised_at: new Date(at).toISOString(), explanation }), t('已约期，计时改到约定的时间'));
  }

  fields() {
    const { at, explanation } = this.values;
    const now = this.desk.time.now();
    const { promises } = used(this.desk.link.messages(this.number));
    return html`<p class="soft">${t('须在时限届满前说明原因并约定时间（第二十三条）。到时仍未答复的，自动转专家组。')}<br>${promises ? html`<b>${t('这是最后一次约期。')}</b>` : t('最多可约 {n} 次。', { n: MOST.promises })}</p>
      ${this.text('explanation', t('原因（用户可见）'), { said: true, first: true, hint: t('例如：需要查阅您提到的地方规定。') })}
      <div class="field"><label for="promise-at">${t('答复时间（北京时间）')}</label>
        <div class="cluster deeds-usual">${usual(now).map((time) => html`<button class="btn" type="button" aria-pressed=${at === toInput(time)}
          @click=${() => this.keep({ at: toInput(time) })}>${moment(time)}</button>`)}</div>
        <input id="promise-at" name="at" type="datetime-local" min=${toInput(now)} max=${toInput(now + LONGEST)} .value=${at}
          @input=${({ target }) => this.keep({ at: target.value })}></div>
      ${explanation.trim() && at ? this.shows(promise(explanation.trim(), written(fromInput(at)))) : ''}`;
  }
}
customElements.define('promise-sheet', PromiseSheet);
