// 专家意见 (26, 27): what an expert tells the lawyer. An opinion helps with the answer; a suggestion about a given answer is
// shown as what it would change, and becomes the correction, or is contested with a reason.
import { html } from 'lit';
import { moment, t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { answerAt, suggested } from '../staff/suggested.js';

const SETTLED = { accepted: () => t('已采纳'), contested: () => t('已提出异议'), overdue: () => t('已过期限，交专家组处理') };

export class ExpertReview extends Plain {
  static properties = { review: { attribute: false }, old: { state: true }, contesting: { state: true }, problem: { state: true }, busy: { state: true } };

  updated(changed) {
    const { number, seq, wording } = this.review;
    if (!wording || changed.get('review')?.id === this.review.id || !changed.has('review')) return;
    this.old = undefined;
    answerAt(this.desk.link, number, seq).then((answer) => { this.old = answer?.body; }, () => {}); // without it the wording stands alone
  }

  async #settle(how, body) {
    if (this.busy) return;
    Object.assign(this, { busy: true, problem: null });
    try {
      await this.desk.behind.settle(this.review.id, how, body);
      this.contesting = false;
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
    }
    this.busy = false;
  }

  /** A suggestion is accepted by the correction itself, so that none stays accepted and not put into effect. */
  #accept() {
    const { review } = this;
    if (review.seq) this.ask('deed', { sheet: 'correct-sheet', number: review.number, seq: review.seq, review });
    else this.#settle('accept');
  }

  async #contest(event) {
    event.preventDefault();
    const box = this.querySelector('textarea');
    if (!box.value.trim()) {
      this.problem = t('请写明不同意的理由。');
      return box.focus();
    }
    await this.#settle('contest', box.value.trim());
  }

  async #open() {
    this.contesting = !this.contesting;
    await this.updateComplete;
    this.querySelector('textarea')?.focus();
  }

  #acts() {
    const { review, desk } = this;
    const opinion = review.kind === 'opinion';
    const write = opinion ? html`<button class="btn" @click=${() => this.ask('answer', { number: review.number })}>${t('撰写解答')}</button>` : '';
    const owed = desk.behind.suggested.has(review.id);
    if (review.state !== 'open') {
      return html`<div class="cluster"><span class="chip">${SETTLED[review.state]?.() ?? review.state}</span>${write}
        ${owed ? html`<button class="btn primary" @click=${this.#accept}>${t('更正')}</button>` : ''}</div>`;
    }
    if (!opinion && !owed) return review.author ? html`<p class="small soft">${t('由作出解答的 {no} 处理。', { no: review.author })}</p>` : '';
    return html`<div class="cluster"><button class="btn ${opinion ? '' : 'primary'}" ?disabled=${this.busy} @click=${this.#accept}>${opinion ? t('采纳') : t('采纳并更正')}</button>
      <button class="btn" ?disabled=${this.busy} aria-expanded=${Boolean(this.contesting)} @click=${this.#open}>${t('提出异议')}</button>${write}</div>
      ${this.contesting ? html`<form class="review-contest" @submit=${this.#contest}>
        <textarea rows="2" maxlength="4000" aria-label=${t('不同意的理由（仅内部可见）')} placeholder=${t('不同意的理由（仅内部可见）')}></textarea>
        <button class="btn" ?disabled=${this.busy}>${t('提交异议')}</button></form>` : ''}`;
  }

  render() {
    const { kind, by, opened_at: at, seq, due_at: due, state } = this.review;
    return html`<article class="review card" aria-label=${t('专家意见')}>
      <p class="small"><b>${t('专家意见')}</b> <span class="chip info">${kind === 'opinion' ? t('供您解答参考') : t('对解答的建议')}</span>
        <span class="soft">${by} · ${moment(at)}${seq ? ` · ${t('第 {seq} 条', { seq })}` : ''}</span></p>
      ${due && ['open', 'accepted'].includes(state) ? html`<p class="small">${t('请在 {at} 前采纳并更正，或说明不同意的理由；逾期由专家组直接更正。', { at: moment(due) })}</p>` : ''}
      ${suggested(this.review, this.old)}
      <div role="alert">${this.problem ? html`<p class="notice danger small">${this.problem}</p>` : ''}</div>
      ${this.#acts()}</article>`;
  }
}
customElements.define('expert-review', ExpertReview);
