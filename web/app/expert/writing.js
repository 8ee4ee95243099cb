// What the expert says to a question: to the lawyer, who answers in their own name (26), or to the citizen directly, under the
// expert's number (27). The two never look alike, and both are shown once more before they go.
import { html } from 'lit';
import { t } from '../i18n.js';
import { remarks } from '../staff/answer-frame.js';
import { Box } from './box.js';
import { ANSWER_GROUND_IDS, answerGroundWord } from './words.js';

class Writing extends Box {
  static properties = { ...Box.properties, id: {}, advises: {}, kind: { state: true }, ground: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('id')) this.ground = '';
    if (changed.has('id')) this.#turn(!this.advises || this.drafts.get(this.number, 'panel-answer') ? 'answer' : 'opinion');
    // Who was to be advised has it no more.
    else if (!this.advises && this.kind === 'opinion') this.#turn('answer');
  }

  #turn(kind) {
    this.kind = kind;
    this.text = this.drafts.get(this.number, `panel-${kind}`) ?? '';
    this.problem = null;
    this.previewing = false;
  }

  /** What is answered directly says first why it is (27: 必要时). */
  #preview() {
    if (this.kind !== 'answer' || this.ground || !this.fits) return this.preview();
    this.problem = t('请先选择为什么直接答复用户。');
    return this.querySelector('select').focus();
  }

  #grounds() {
    return html`<label for="panel-ground">${t('为什么直接答复（告知律师，用户看不到）')}</label>
      <select id="panel-ground" required .value=${this.ground} @change=${(event) => { this.ground = event.target.value; this.problem = null; }}>
        <option value="">${t('请选择')}</option>
        ${ANSWER_GROUND_IDS.map((id) => html`<option value=${id} .selected=${this.ground === id}>${answerGroundWord(id)}</option>`)}</select>`;
  }

  #dialog(direct) {
    const { text, desk, id, kind, busy } = this;
    const found = direct ? remarks(text) : [];
    return html`<dialog class="preview" aria-labelledby="panel-preview" @close=${() => { this.previewing = false; }}>
      <h2 id="panel-preview">${direct ? t('确认直接答复') : t('确认给律师的意见')}</h2>
      <p class="notice ${direct ? 'warn' : ''}">${direct
        ? t('用户将看到以下内容，署您的编号 {no}。发出后不能删除，法定计时在发出时停止（第二十七条）。', { no: desk.staffNo })
        : t('只有律师能看到，用户看不到。律师将以自己的名义答复用户（第二十六条）。')}</p>
      <div class=${direct ? 'answer' : 'internal-note internal'}>
        ${direct ? html`<div class="answer-head"><strong>${t('解答')}</strong><span>${t('专家 {no}', { no: desk.staffNo })}</span></div>` : ''}
        <div class=${direct ? 'answer-body' : 'kept'}>${text.trim()}</div></div>
      ${found.length ? html`<div class="notice warn"><ul>${found.map((one) => html`<li>${one}</li>`)}</ul></div>` : ''}
      ${this.trouble()}
      <div class="cluster preview-acts"><button class="btn" @click=${(event) => event.target.closest('dialog').close()}>${t('返回修改')}</button>
        <button class="btn primary" autofocus ?disabled=${busy} @click=${() => this.send(() => desk[kind](id, text.trim(), this.ground), `panel-${kind}`)}>
          ${direct ? t('确认，答复用户') : t('确认，发给律师')}</button></div>
    </dialog>`;
  }

  render() {
    const direct = this.kind === 'answer';
    const choice = (kind, words) => html`<button class="btn" aria-pressed=${this.kind === kind} @click=${() => this.#turn(kind)}>${words}</button>`;
    return html`<section class="panel-writing ${direct ? 'direct' : 'inside internal'}" aria-label=${t('您的意见')}>
      ${this.advises ? html`<div class="filter" role="group" aria-label=${t('写给谁')}>${choice('opinion', t('给律师的意见'))}${choice('answer', t('直接答复用户'))}</div>`
        : html`<p class="notice small">${t('现在没有承办律师，请直接答复用户，或者转给下一位。')}</p>`}
      <p class="small" id="panel-who">${direct ? t('用户会看到，署您的编号 {no}。', { no: this.desk.staffNo }) : t('只给律师看，用户看不到。')}</p>
      <textarea rows="7" aria-label=${direct ? t('答复正文') : t('意见正文')} aria-describedby="panel-who" .value=${this.text}
        @input=${(event) => this.keep(`panel-${this.kind}`, event.target.value)} @keydown=${(event) => this.pressed(event, () => this.#preview())}></textarea>
      ${direct ? this.#grounds() : ''}
      ${this.previewing ? '' : this.trouble()}
      <div class="cluster acts">${this.count()}
        <button class="btn primary" aria-disabled=${!this.fits} @click=${() => this.#preview()}>${t('预览')}</button></div>
      ${this.previewing ? this.#dialog(direct) : ''}
    </section>`;
  }
}
customElements.define('expert-writing', Writing);

/** An internal note, beside everything else. */
class NoteBox extends Box {
  static properties = { ...Box.properties, label: {} };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('number')) this.text = this.drafts.get(this.number, 'note') ?? '';
  }

  render() {
    const add = () => this.fits && !this.busy && this.send(() => this.desk.note(this.number, this.text.trim()), 'note');
    return html`<section class="note-box internal" aria-label=${t('内部备注')}>
      <label class="small" for="note-${this.number}">${this.label ?? t('内部备注（用户看不到）')}</label>
      <div class="note-row"><textarea id="note-${this.number}" rows="2" .value=${this.text} @input=${(event) => this.keep('note', event.target.value)}
        @keydown=${(event) => this.pressed(event, add)}></textarea>
      <button class="btn" aria-disabled=${!this.fits} @click=${add}>${t('记下')}</button></div>${this.trouble()}</section>`;
  }
}
customElements.define('note-box', NoteBox);
