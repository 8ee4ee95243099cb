// Satisfied or not (Art. 24). "Not satisfied" opens a call-back; what the citizen learns is when it is due.
import { html, nothing } from 'lit';
import { t, until } from '../i18n.js';
import { later } from './later.js';
import { Part } from './part.js';
import { errorWords } from './words.js';

const ENDED = {
  answered: () => t('回访已完成。'),
  attempted: () => t('我们三次回访都没有联系上您。'),
  withdrawn: () => t('您已撤回，不再回访。'),
  refused: () => t('这次咨询不予解答，不再回访。'),
};

class Rating extends Part {
  static properties = {
    ...Part.properties, ticket: { attribute: false }, choice: { state: true }, score: { state: true }, again: { state: true },
    error: { state: true }, busy: { state: true },
  };

  async #submit(event) {
    event.preventDefault();
    const comment = new FormData(event.target).get('comment').trim();
    this.busy = true;
    this.error = null;
    try {
      await this.desk.act('ticket:rate', {
        number: this.ticket.number, satisfied: this.choice, ...(this.score && { score: this.score }), ...(comment && { comment }),
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
    const { satisfied, callback_due_at: due, callback } = this.ticket;
    const [done, missed] = [callback?.state === 'done', callback?.how === 'attempted'];
    if (typeof satisfied === 'boolean' && !this.again) {
      return html`<div class="notice ${satisfied ? 'ok' : ''} rate-card">
        <p role="status"><strong>${satisfied ? t('您的评价：满意。谢谢！') : t('您的评价：不满意。')}</strong></p>
        ${satisfied ? nothing : this.#callback(due)}
        <button class="btn quiet flush" @click=${() => { this.again = true; this.choice = satisfied; }}>${satisfied || !done ? t('修改评价')
          : missed ? t('再次评价') : t('评价这次回访')}</button></div>`;
    }
    return html`
      <section class="notice rate-card" aria-labelledby="rate-title">
        <p id="rate-title"><strong>${t('这次解答您满意吗？')}</strong></p>
        <div class="actions">
          ${this.#choose(true, t('满意'))}${this.#choose(false, t('不满意'))}
          ${this.again ? html`<button class="btn quiet" @click=${() => { this.again = false; this.choice = undefined; }}>${t('取消')}</button>` : nothing}
        </div>
        ${this.choice === undefined ? nothing : this.#more()}
      </section>`;
  }

  #callback(due) {
    const { callback } = this.ticket;
    if (callback?.state === 'done') return html`<p>${(ENDED[callback.how] ?? ENDED.answered)()}</p>`;
    if (!due) return nothing;
    return (callback && later(this)?.callback(this.desk, this.ticket))
      ?? html`<p>${t('我们将在 {day} 前回访，再次为您解答（第二十四条）。', { day: until(due) })}</p>`;
  }

  #choose(value, words) {
    return html`<button type="button" class="btn" aria-pressed=${this.choice === value} @click=${() => { this.choice = value; }}>${words}</button>`;
  }

  #more() {
    const { callback } = this.ticket;
    const written = callback && callback.state !== 'done' ? callback.comment : null;
    return html`
      <form class="stack tight" @submit=${this.#submit}>
        ${this.choice ? nothing : html`<p>${callback?.state === 'done'
          ? t('将转由专家组处理。') : t('我们会在 {span}内回访，再次为您解答（第二十四条）。', { span: this.desk.limits.callback })}</p>`}
        <fieldset class="scores">
          <legend class="small">${t('打分（可以不打）')}</legend>
          <div class="cluster">${[1, 2, 3, 4, 5].map((n) => html`<label><input type="radio" name="score" value=${n}
            .checked=${this.score === n} @change=${() => { this.score = n; }}><span>${n}</span></label>`)}</div>
        </fieldset>
        <label for="comment" class="small">${this.choice ? t('想说的话（可以不写）') : t('哪里不满意（可以不写）')}</label>
        <textarea id="comment" name="comment" rows="2" maxlength="1000" .value=${written ?? ''}
          aria-describedby=${this.choice ? nothing : 'comment-goes'}></textarea>
        ${this.choice ? nothing : html`<p class="soft small" id="comment-goes">${t('会转给再次为您解答的人员。')}</p>`}
        ${this.error ? html`<p class="error" role="alert">${errorWords(this.error)}</p>` : nothing}
        <button class="btn primary" ?disabled=${this.busy}>${t('提交评价')}</button>
      </form>`;
  }
}

customElements.define('consult-rating', Rating);
