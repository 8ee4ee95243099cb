// The inside of a talk: notes, the institution's support, the experts' opinions. It lies on the colour of what is internal, and
// nothing that is written here can reach the citizen (17).
import { html } from 'lit';
import { moment, t } from '../i18n.js';
import { composing } from '../composing.js';
import { noteText } from '../staff/note-text.js';
import { Plain } from '../staff/plain.js';
import './review.js';

const abouts = () => ({ note: t('内部备注'), support: t('请求后台支援'), reply: t('后台回复'), direct: t('专家直接答复的理由'), bounced: t('专家退回的理由') });

export class InternalSide extends Plain {
  static properties = { number: {}, about: {}, text: { state: true }, problem: { state: true }, busy: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('number')) this.text = this.desk.behind.written.get(this.number) ?? '';
    this.about ??= 'note';
  }

  updated(changed) {
    if (changed.has('number')) this.desk.behind.load(this.number);
    if (document.hasFocus() && !document.hidden) this.desk.behind.look(this.number);
    const list = this.querySelector('.side-lines');
    const { length } = this.desk.behind.of(this.number);
    if (list && this.drawn !== length) list.scrollTop = list.scrollHeight;
    this.drawn = length;
  }

  enter() {
    this.querySelector('textarea').focus();
  }

  /** What is not saved yet outlives the closing of the panel. */
  #keep(text) {
    this.text = text;
    this.desk.behind.written.set(this.number, text);
  }

  async #send(event) {
    event?.preventDefault();
    const body = this.text.trim();
    if (!body || this.busy) return this.enter();
    Object.assign(this, { busy: true, problem: null });
    const { number, desk } = this;
    try {
      await (this.about === 'support' ? desk.deed('support:ask', { number, question: body }) : desk.deed('ticket:note', { number, body }));
      this.#keep('');
    } catch (error) {
      this.problem = error.message || t('未能保存，请再试。');
    }
    this.busy = false;
    this.enter();
  }

  #pressed(event) {
    if (composing(event)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) this.#send(event);
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
    }
  }

  #close() {
    this.dispatchEvent(new CustomEvent('done'));
  }

  #line({ body, author, about, at }) {
    const own = author === this.desk.staffNo;
    return html`<li class="side-line ${about}"><p class="small"><b>${abouts()[about] ?? about}</b>
      <span class="soft">${own ? t('我（{no}）', { no: author }) : author} · ${moment(at)}</span></p><p class="kept">${noteText({ about, body })}</p></li>`;
  }

  render() {
    const { desk, number, about } = this;
    const [notes, reviews] = [desk.behind.of(number), desk.behind.reviewsOf(number)];
    const kinds = [['note', t('备注')], ['support', t('请后台支援')]];
    return html`<aside class="side internal" aria-labelledby="side-${number}" @keydown=${this.#pressed}>
      <div class="side-head"><h3 id="side-${number}">${t('内部')}</h3><span class="small">${t('用户看不到这一栏')}</span>
        <button class="btn quiet" aria-label=${t('关闭内部栏')} @click=${this.#close}>✕</button></div>
      <div class="side-lines" tabindex="0" role="log" aria-label=${t('内部记录')}>
        ${reviews.map((review) => html`<expert-review .desk=${desk} .review=${review}></expert-review>`)}
        ${notes.length ? html`<ol>${notes.map((note) => this.#line(note))}</ol>` : reviews.length ? '' : html`<p class="soft small">${t('还没有内部记录。')}</p>`}</div>
      <form class="side-form" @submit=${this.#send}>
        <div class="side-kinds" role="group" aria-label=${t('写给谁')}>${kinds.map(([kind, title]) => html`<button class="btn" type="button"
          aria-pressed=${about === kind} @click=${() => { this.about = kind; }}>${title}</button>`)}</div>
        <textarea rows="3" maxlength="4000" aria-label=${about === 'support' ? t('问后台（仅内部可见）') : t('备注（仅内部可见）')}
          placeholder=${about === 'support' ? t('请后台帮忙的问题，Ctrl+Enter 提交') : t('写给同事的备注，Ctrl+Enter 保存')}
          .value=${this.text ?? ''} @input=${({ target }) => this.#keep(target.value)}></textarea>
        <div role="alert">${this.problem ? html`<p class="notice danger small">${this.problem}</p>` : ''}</div>
        <button class="btn" ?disabled=${this.busy}>${about === 'support' ? t('发给后台') : t('保存备注')}</button>
      </form></aside>`;
  }
}
customElements.define('internal-side', InternalSide);
