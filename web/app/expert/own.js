// What another expert suggests about an own answer (27): it becomes a correction, which the citizen is told of, or is contested
// with a reason. The author's own matter, so whoever answered settles it as a lawyer would.
import { html } from 'lit';
import { moment, t } from '../i18n.js';
import { changes } from '../difference.js';
import { category } from '../staff/categories.js';
import { length, LIMIT, remarks } from '../staff/answer-frame.js';
import { suggested } from '../staff/suggested.js';
import { Box } from './box.js';
import { record } from './record.js';

class Own extends Box {
  static properties = { ...Box.properties, id: {}, reason: { state: true }, contesting: { state: true }, done: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('id')) Object.assign(this, { begun: false, contesting: false, done: '', problem: null, text: '', reason: '' });
    const { review, answer } = this;
    if (this.begun || !review || !answer) return;
    this.begun = true;
    this.text = this.drafts.get(this.number, this.#kind) ?? review.wording ?? answer.body;
    this.reason = review.wording ? review.body : ''; // a remark without a wording was not written for the citizen
  }

  get #kind() {
    return `own-${this.id}`;
  }

  get review() {
    return this.desk.own?.find(({ id }) => id === this.id);
  }

  get answer() {
    return this.desk.link.messages(this.number).find(({ seq }) => seq === this.review?.seq);
  }

  #correct() {
    const [body, reason] = [this.text.trim(), this.reason.trim()];
    if (!body || length(body) > LIMIT || body === this.answer.body.trim()) return this.#miss('#own-text', t('请写下与原来不同的解答。'));
    if (!reason) return this.#miss('#own-reason', t('请向用户说明原因。'));
    this.#finish(() => this.desk.correct(this.review, body, reason), t('更正已发出，用户会看到原因和新旧两个版本'));
  }

  #contest(event) {
    event.preventDefault();
    const body = this.querySelector('#own-contest').value.trim();
    if (!body) return this.#miss('#own-contest', t('请写明不同意的理由。'));
    this.#finish(() => this.desk.contest(this.review, body), t('已提出异议'));
  }

  #miss(where, problem) {
    this.problem = problem;
    this.querySelector(where).focus();
  }

  async #finish(act, told) {
    if (this.busy) return;
    await this.send(act, this.#kind);
    if (!this.problem) this.done = told;
  }

  async #open() {
    this.contesting = !this.contesting;
    await this.updateComplete;
    this.querySelector('#own-contest')?.focus();
  }

  #advice(review, answer) {
    return html`<section class="panel-writing inside internal stack tight" aria-label=${t('对您的解答的建议')}>
      <p class="small"><b>${t('对您的解答的建议')}</b> <span class="soft">${review.by} · ${moment(review.opened_at)}</span></p>
      ${review.due_at ? html`<p class="small">${t('请在 {at} 前采纳并更正，或说明不同意的理由；逾期由专家组直接更正。', { at: moment(review.due_at) })}</p>` : ''}
      ${suggested(review, answer.body)}
      <div class="cluster"><button class="btn" aria-expanded=${this.contesting} @click=${this.#open}>${t('提出异议')}</button></div>
      ${this.contesting ? html`<form class="stack tight" @submit=${this.#contest}>
        <label for="own-contest">${t('不同意的理由（仅内部可见）')}</label><textarea id="own-contest" rows="2" maxlength="4000"></textarea>
        <div class="cluster acts"><button class="btn" ?disabled=${this.busy}>${t('提交异议')}</button></div></form>` : ''}</section>`;
  }

  #correction(answer) {
    const { text, reason } = this;
    const changed = text.trim() && text.trim() !== answer.body.trim();
    const found = changed ? remarks(text) : [];
    return html`<section class="panel-writing direct stack tight" aria-label=${t('更正解答')} @keydown=${(event) => this.pressed(event, () => this.#correct())}>
      <p class="small">${t('原解答保留并标明已更正；用户会看到新的解答和原因（第二十七条）。')}</p>
      <label for="own-text">${t('新的解答（用户可见）')}</label>
      <textarea id="own-text" rows="7" .value=${text} @input=${(event) => this.keep(this.#kind, event.target.value)}></textarea>
      ${changed ? html`<div role="group" aria-label=${t('改了什么')}>${changes(answer.body, text.trim())}</div>` : ''}
      <label for="own-reason">${t('更正的原因（用户可见）')}</label>
      <textarea id="own-reason" rows="2" maxlength="1000" .value=${reason} @input=${(event) => { this.reason = event.target.value; }}></textarea>
      ${found.length ? html`<div class="notice warn small"><ul>${found.map((one) => html`<li>${one}</li>`)}</ul></div>` : ''}
      ${this.trouble()}
      <div class="cluster acts">${this.count()}<button class="btn primary" ?disabled=${this.busy} @click=${this.#correct}>${t('采纳，作为更正发出')}</button></div>
    </section>`;
  }

  render() {
    const { desk, number, review, answer } = this;
    const ticket = desk.tickets.get(number);
    return html`<article class="matter" aria-labelledby="matter-title">
      <header class="matter-head internal"><h2 id="matter-title" tabindex="-1">${ticket ? category(ticket.category) : ''} <span class="number soft small">${number}</span></h2></header>
      ${record(desk, number, review?.id)}
      ${this.done ? html`<p class="notice ok" role="status">${this.done}</p>`
        : review && answer ? [this.#advice(review, answer), this.#correction(answer)]
          : desk.own && !review ? html`<p class="notice" role="status">${t('这条建议已经处理过。')}</p>` : ''}
    </article>`;
  }
}
customElements.define('expert-own', Own);
