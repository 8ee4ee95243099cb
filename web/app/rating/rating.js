// Satisfied, in part, or not (Art. 24). "Not satisfied" opens a call-back, and what the citizen learns is when it is due; what did not
// satisfy is asked only of those who were not.
import { html, nothing } from 'lit';
import { Part } from '../citizen/part.js';
import { errorWords } from '../citizen/words.js';
import { learn, t, until } from '../i18n.js';
import { callback } from '../promises/callback.js';

const ENDED = {
  answered: () => t('回访已完成。'),
  attempted: () => t('我们三次回访都没有联系上您。'),
  withdrawn: () => t('您已撤回，不再回访。'),
  refused: () => t('这次咨询不予解答，不再回访。'),
};

const LEVELS = [['satisfied', () => t('满意')], ['partly', () => t('部分满意')], ['not', () => t('不满意')]];
const SAID = { satisfied: () => t('您的评价：满意。谢谢！'), partly: () => t('您的评价：部分满意。谢谢！'), not: () => t('您的评价：不满意。') };
const REASONS = [['wrong', () => t('解答有错')], ['unclear', () => t('没讲明白')], ['too_slow', () => t('太慢')], ['attitude', () => t('态度不好')],
  ['not_solved', () => t('问题没解决')], ['refused', () => t('不给解答')]];

/** What the rating comes to; older ones have no level. */
const levelOf = ({ satisfied, level }) => (typeof satisfied !== 'boolean' ? null : level ?? (satisfied ? 'satisfied' : 'not'));

class Rating extends Part {
  static properties = {
    ...Part.properties, ticket: { attribute: false }, choice: { state: true }, score: { state: true }, again: { state: true },
    error: { state: true }, busy: { state: true },
  };

  async #submit(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    const [comment, reasons] = [form.get('comment').trim(), form.getAll('reason')];
    this.busy = true;
    this.error = null;
    try {
      await this.desk.act('ticket:rate', {
        number: this.ticket.number, satisfied: this.choice !== 'not', level: this.choice, ...(reasons.length && { reasons }), ...(this.score && { score: this.score }), ...(comment && { comment }),
      });
      this.again = false;
      this.choice = undefined;
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = false;
    }
  }

  render() {
    const { callback_due_at: due, callback } = this.ticket;
    const level = levelOf(this.ticket);
    const [done, missed] = [callback?.state === 'done', callback?.how === 'attempted'];
    if (level && !this.again) {
      return html`<div class="notice ${level === 'not' ? '' : 'ok'} rate-card">
        <p role="status"><strong>${SAID[level]()}</strong></p>
        ${level === 'not' ? this.#callback(due) : nothing}
        <button class="btn quiet flush" @click=${() => { this.again = true; this.choice = level; }}>${level !== 'not' || !done ? t('修改评价')
          : missed ? t('再次评价') : t('评价这次回访')}</button></div>`;
    }
    return html`
      <section class="notice rate-card" aria-labelledby="rate-title">
        <p id="rate-title"><strong>${t('这次解答您满意吗？')}</strong></p>
        <div class="actions">
          ${LEVELS.map(([level, words]) => this.#choose(level, words()))}
          ${this.again ? html`<button class="btn quiet" @click=${() => { this.again = false; this.choice = undefined; }}>${t('取消')}</button>` : nothing}
        </div>
        ${this.choice === undefined ? nothing : this.#more()}
      </section>`;
  }

  #callback(due) {
    const one = this.ticket.callback;
    if (one?.state === 'done') return html`<p>${(ENDED[one.how] ?? ENDED.answered)()}</p>`;
    if (!due) return nothing;
    return one ? callback(this.desk, this.ticket)
      : html`<p>${t('我们将在 {day} 前回访，再次为您解答（第二十四条）。', { day: until(due) })}</p>`;
  }

  #choose(value, words) {
    return html`<button type="button" class="btn" aria-pressed=${this.choice === value} @click=${() => { this.choice = value; }}>${words}</button>`;
  }

  #more() {
    const { callback: one, reasons = [] } = this.ticket;
    const written = one && one.state !== 'done' ? one.comment : null;
    const well = this.choice === 'satisfied';
    return html`
      <form class="stack tight" @submit=${this.#submit}>
        ${this.choice !== 'not' ? nothing : html`<p>${one?.state === 'done'
          ? t('将转由专家组处理。') : t('我们会在 {span}内回访，再次为您解答（第二十四条）。', { span: this.desk.limits.callback })}</p>`}
        ${this.choice === 'partly' ? html`<p>${t('需要我们回访、再次为您解答的，请选“不满意”。')}</p>` : nothing}
        ${well ? nothing : html`<fieldset class="field"><legend>${t('哪里不满意？可以选几项')}</legend>
          <div class="choices two">${REASONS.map(([id, words]) => html`<label class="choice"><input type="checkbox" name="reason" value=${id}
            .checked=${reasons.includes(id)}><span>${words()}</span></label>`)}</div></fieldset>`}
        <fieldset class="scores">
          <legend class="small">${t('打分（可以不打）')}</legend>
          <div class="cluster">${[1, 2, 3, 4, 5].map((n) => html`<label><input type="radio" name="score" value=${n}
            .checked=${this.score === n} @change=${() => { this.score = n; }}><span>${n}</span></label>`)}</div>
        </fieldset>
        <label for="comment" class="small">${well ? t('想说的话（可以不写）') : t('哪里不满意（可以不写）')}</label>
        <textarea id="comment" name="comment" rows="2" maxlength="1000" .value=${written ?? ''}
          aria-describedby=${this.choice === 'not' ? 'comment-goes' : nothing}></textarea>
        ${this.choice !== 'not' ? nothing : html`<p class="soft small" id="comment-goes">${t('会转给再次为您解答的人员。')}</p>`}
        ${this.error ? html`<p class="error" role="alert">${errorWords(this.error)}</p>` : nothing}
        <button class="btn primary" ?disabled=${this.busy}>${t('提交评价')}</button>
      </form>`;
  }
}

learn(() => import('words:app/rating')).catch(() => {}).then(() => customElements.define('consult-rating', Rating));
