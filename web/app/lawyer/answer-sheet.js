// The answer: a sheet of its own, with an optional frame, and a preview that must be confirmed, for it alone stops the clock (23).
import { html } from 'lit';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { join, length, LIMIT, parts, remarks, split, textOf } from '../staff/answer-frame.js';
import { insert } from './canned.js';
import { composing } from '../composing.js';
import './picker.js';

const EMPTY = { framed: false, free: '', parts: {}, shown: true };

export class AnswerSheet extends Plain {
  static properties = { number: {}, draft: { state: true }, previewing: { state: true }, picking: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('number')) this.draft = { ...EMPTY, ...this.drafts.get(this.number, 'answer'), shown: true };
    else if (!this.#text && this.drafts.get(this.number, 'answer')) this.draft = this.drafts.get(this.number, 'answer'); // fetched since
  }

  get #kept() {
    return { saved: t('已存到服务器'), saving: t('正在保存…'), unsaved: t('未保存') }[this.drafts.state.get(this.number)] ?? '';
  }

  get #text() {
    return textOf(this.draft);
  }

  #keep(change) {
    this.draft = { ...this.draft, ...change };
    this.drafts.put(this.number, 'answer', this.#text ? this.draft : null);
  }

  #turn() {
    const { framed, free, parts: values } = this.draft;
    this.#keep(framed ? { framed: false, free: join(values) } : { framed: true, parts: free.trim() ? split(free) : values });
  }

  async #preview() {
    if (!this.#text || length(this.#text) > LIMIT) return this.querySelector('textarea').focus();
    this.previewing = true;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  #send() {
    const body = this.#text;
    this.querySelector('dialog').close();
    this.drafts.put(this.number, 'answer', null);
    this.draft = { ...EMPTY };
    this.desk.send(this.number, body, 'ticket:answer');
    this.dispatchEvent(new CustomEvent('sent'));
  }

  #pressed(event) {
    if (composing(event)) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.#preview();
    }
  }

  async #picked({ detail: text }) {
    this.picking = false;
    await this.updateComplete;
    const box = (this.draft.framed && this.querySelector('textarea[name="analysis"]')) || this.querySelector('textarea');
    if (text) {
      const { value } = insert(box, text);
      this.#keep(this.draft.framed ? { parts: { ...this.draft.parts, analysis: value } } : { free: value });
    }
    box.focus();
  }

  #fields() {
    const { framed, free, parts: values } = this.draft;
    if (!framed) {
      return html`<textarea class="sheet-free" aria-label=${t('解答正文')} placeholder=${t('写下完整的解答：结论、依据、下一步和期限')}
        .value=${free} @input=${(event) => this.#keep({ free: event.target.value })}></textarea>`;
    }
    return parts().map(({ id, title, hint }) => html`<label class="sheet-part"><span>${title} <span class="hint">${hint}</span></span>
      <textarea rows="2" name=${id} .value=${values[id] ?? ''}
        @input=${(event) => this.#keep({ parts: { ...this.draft.parts, [id]: event.target.value } })}></textarea></label>`);
  }

  #dialog(text) {
    const found = remarks(text);
    return html`<dialog class="preview" aria-labelledby="preview-title" @close=${() => { this.previewing = false; }}>
      <h2 id="preview-title">${t('确认解答')}</h2>
      <p class="soft">${t('用户将看到以下内容。发出后不能删除，只能更正；法定计时在发出时停止。')}</p>
      <div class="answer"><div class="answer-head"><strong>${t('解答')}</strong><span>${this.desk.staffNo}</span></div>
        <div class="answer-body">${text}</div></div>
      ${found.length ? html`<div class="notice warn"><ul>${found.map((one) => html`<li>${one}</li>`)}</ul></div>` : ''}
      <div class="cluster preview-acts"><button class="btn" @click=${(event) => event.target.closest('dialog').close()}>${t('返回修改')}</button>
        <button class="btn primary" autofocus @click=${this.#send}>${t('确认，作为解答发出')}</button></div>
    </dialog>`;
  }

  render() {
    const text = this.#text;
    const size = length(text);
    return html`<div class="sheet" role="group" aria-label=${t('撰写解答')} @keydown=${this.#pressed}>
      <div class="sheet-head"><strong>${t('解答')}</strong> <span class="small">${t('只有解答能停止法定计时（第二十三条）')}</span>
        <button class="btn quiet" aria-pressed=${this.draft.framed} @click=${this.#turn}>${t('提纲')}</button></div>
      ${this.picking ? html`<canned-picker .desk=${this.desk} .canned=${this.canned} .number=${this.number} @picked=${this.#picked}></canned-picker>` : ''}
      <div class="sheet-fields">${this.#fields()}</div>
      <div class="writing-acts">
        <button class="btn quiet" aria-expanded=${Boolean(this.picking)} @click=${() => { this.picking = !this.picking; }}>${t('快捷回复')}</button>
        <span class="small ${size > LIMIT ? 'over' : 'soft'}">${size > LIMIT * 0.9 ? `${size} / ${LIMIT}` : text ? this.#kept : ''}</span>
        <button class="btn" @click=${() => this.dispatchEvent(new CustomEvent('done'))}>${t('回到消息')}</button>
        <button class="btn primary" aria-disabled=${!text || size > LIMIT} @click=${this.#preview}>${t('预览解答')}</button>
      </div>
      ${this.previewing ? this.#dialog(text) : ''}
    </div>`;
  }
}
customElements.define('answer-sheet', AnswerSheet);
