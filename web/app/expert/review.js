// Looking at given answers (7, 27): nothing to remark, or a suggestion to the author, drawn up in the answer's own words so that
// every change can be seen.
import { html } from 'lit';
import { t } from '../i18n.js';
import { category } from '../staff/categories.js';
import { length, LIMIT } from '../staff/answer-frame.js';
import { changes } from '../difference.js';
import { complaint } from '../staff/complaint.js';
import { Plain } from '../staff/plain.js';
import { SEVERITY_IDS, severityWord } from '../staff/suggested.js';
import { Box } from './box.js';
import { record } from './record.js';
import { scorecard } from './scorecard.js';
import { lookWord } from './words.js';

class Suggestion extends Box {
  static properties = { ...Box.properties, answer: { attribute: false }, remark: { state: true }, severity: { state: true }, scores: { attribute: false } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (!changed.has('answer') || changed.get('answer')?.seq === this.answer.seq) return;
    this.text = this.drafts.get(this.number, this.#kind) ?? this.answer.body;
    Object.assign(this, { remark: '', severity: 'misleading' });
  }

  get #kind() {
    return `suggest-${this.answer.seq}`;
  }

  /** The new wording, or undefined where it is the old one. */
  get #wording() {
    const wording = this.text.trim();
    return wording && wording !== this.answer.body.trim() ? wording : undefined;
  }

  #send() {
    const body = this.remark.trim();
    if (length(this.text) > LIMIT) return this.querySelector('#suggest-text').focus();
    if (!body) {
      this.problem = t('请写明理由，作者据此判断。');
      return this.querySelector('#suggest-remark').focus();
    }
    this.send(() => this.desk.suggest(this.number, this.answer.seq, body, { wording: this.#wording, severity: this.severity, scores: this.scores }), this.#kind);
  }

  #severity() {
    return html`<fieldset class="stack tight"><legend>${t('问题的程度')}</legend>
      <div class="choices three">${SEVERITY_IDS.map((id) => html`<label class="choice"><input type="radio" name="suggest-severity" value=${id} .checked=${this.severity === id}
        @change=${() => { this.severity = id; }}><span>${severityWord(id)}</span></label>`)}</div>
      <p class="hint" role="status">${this.severity === 'harmful' ? t('发出时立即提示用户先不要据此行动；作者处理的时间也更短。') : ''}</p></fieldset>`;
  }

  render() {
    const { answer, text } = this;
    return html`<section class="panel-writing inside internal stack tight" aria-label=${t('修改意见')} @keydown=${(event) => this.pressed(event, () => this.#send())}>
      <p class="small">${t('发给作出解答的 {no}，用户看不到；由作者采纳或说明理由。', { no: answer.author.staff_no ?? '' })}</p>
      <label for="suggest-text">${t('在原文上修改')}</label>
      <textarea id="suggest-text" rows="7" .value=${text} @input=${(event) => this.keep(this.#kind, event.target.value)}></textarea>
      ${this.#wording ? html`<div class="difference" role="group" aria-label=${t('改动之处')}>${changes(answer.body, this.#wording)}</div>` : ''}
      <label for="suggest-remark">${t('理由')}</label>
      <p class="hint" id="suggest-why">${this.#wording ? t('作者采纳时可以用它向用户说明更正的原因。') : t('没有改动原文时，这里写明您的建议。')}</p>
      <textarea id="suggest-remark" rows="2" maxlength="1000" aria-describedby="suggest-why" .value=${this.remark} @input=${(event) => { this.remark = event.target.value; this.problem = null; }}></textarea>
      ${this.#severity()}
      ${this.trouble()}
      <div class="cluster acts">${this.count()}
        <button class="btn primary" aria-disabled=${Boolean(this.busy)} @click=${this.#send}>${this.severity === 'harmful' ? t('发出，并提示用户') : t('发出修改意见')}</button></div>
    </section>`;
  }
}
customElements.define('expert-suggestion', Suggestion);

class Review extends Plain {
  static properties = { number: {}, seq: { state: true }, done: { state: true }, busy: { state: true }, problem: { state: true }, scores: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('number')) Object.assign(this, { seq: null, done: false, problem: null, scores: {} });
  }

  async #pass() {
    this.busy = true;
    this.problem = null;
    await this.desk.pass(this.number, this.scores).catch((error) => { this.problem = error.message || t('未能完成，请再试。'); });
    this.busy = false;
  }

  #acts(answers) {
    return html`<div class="cluster acts">
      ${answers.map(({ seq, author }, place) => html`<button class="btn" aria-expanded=${this.seq === seq} @click=${() => { this.seq = this.seq === seq ? null : seq; }}>
        ${answers.length > 1 ? t('对第 {n} 个解答（{no}）提意见', { n: place + 1, no: author.staff_no }) : t('提修改意见')}</button>`)}
      <button class="btn ${this.seq ? '' : 'primary'}" ?disabled=${this.busy} @click=${this.#pass}>${t('没有意见，通过')}</button></div>`;
  }

  render() {
    const { desk, number } = this;
    const ticket = desk.tickets.get(number);
    const answers = desk.link.messages(number).filter(({ type, corrected_by: by }) => type === 'answer' && !by);
    const answer = answers.find(({ seq }) => seq === this.seq);
    const waits = desk.reviews?.some((one) => one.number === number);
    return html`<article class="matter" aria-labelledby="matter-title">
      <header class="matter-head internal"><div class="cluster spread">
        <h2 id="matter-title" tabindex="-1">${ticket ? category(ticket.category) : ''} <span class="number soft small">${number}</span></h2>
        <span class="cluster tight">${desk.reasons[number]?.map((why) => html`<span class="chip">${lookWord(why)}</span>`)}</span></div>
        ${ticket ? complaint(ticket) : ''}</header>
      ${record(desk, number)}
      ${this.problem ? html`<p class="notice danger" role="alert">${this.problem}</p>` : ''}
      ${!desk.reviews ? '' : waits ? [scorecard(this.scores, (scores) => { this.scores = scores; }), this.#acts(answers)] : html`<p class="notice ok" role="status">${t('已审阅。')}</p>`}
      ${answer && waits ? html`<expert-suggestion .desk=${desk} .drafts=${this.drafts} .number=${number} .answer=${answer} .scores=${this.scores}></expert-suggestion>` : ''}
    </article>`;
  }
}
customElements.define('expert-review', Review);
