// The message box: a line of the talk. It stops no clock, and says so by looking unlike the answer's sheet.
import { html } from 'lit';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { insert } from './canned.js';
import { length, LIMIT } from '../staff/answer-frame.js';
import { composing } from '../composing.js';
import { sends } from './keys.js';
import { remark } from '../staff/contacts.js';
import './picker.js';

export class TalkComposer extends Plain {
  static properties = { number: {}, picking: { state: true }, size: { state: true }, remark: { state: true } };

  get #box() {
    return this.querySelector('textarea');
  }

  /** Draws the kept draft again: after a change of ticket, or when a refused line is to be put right. */
  reload() {
    const box = this.#box;
    if (!box) return;
    box.value = this.drafts.get(this.number, 'line') ?? '';
    this.size = length(box.value);
    this.remark = null;
  }

  updated(changed) {
    if (changed.has('number')) this.reload();
  }

  #keep() {
    const { value } = this.#box;
    this.drafts.put(this.number, 'line', value);
    this.size = length(value);
    if (this.remark) this.remark = remark(value);
    this.desk.link.typing(this.number, Boolean(value.trim()));
  }

  #pressed(event) {
    if (composing(event)) return;
    if (sends(event)) {
      event.preventDefault();
      this.#send();
    } else if (event.key === '/' && !this.#box.value) {
      event.preventDefault();
      this.picking = true;
    }
  }

  /** Contacts in it are pointed out once before it goes; `sure` sends all the same. */
  #send(sure = false) {
    const body = this.#box.value.trim();
    if (!body || length(body) > LIMIT) return;
    if (!sure && remark(body)) {
      this.remark = remark(body);
      return;
    }
    this.remark = null;
    this.#box.value = '';
    this.drafts.put(this.number, 'line', null);
    this.size = 0;
    this.desk.send(this.number, body);
    this.dispatchEvent(new CustomEvent('sent'));
    this.#box.focus();
  }

  async #picked({ detail: text }) {
    this.picking = false;
    await this.updateComplete;
    const box = this.#box;
    if (text) {
      const { value, caret } = insert(box, text);
      box.value = value;
      box.setSelectionRange(caret, caret);
      this.#keep();
    }
    box.focus();
  }

  pick() {
    this.picking = !this.picking;
  }

  render() {
    const { size = 0 } = this;
    const over = size > LIMIT;
    return html`<div class="writing">
      ${this.picking ? html`<canned-picker .desk=${this.desk} .canned=${this.canned} .number=${this.number} @picked=${this.#picked}></canned-picker>` : ''}
      <textarea rows="2" aria-label=${t('给用户的消息')} placeholder=${t('消息，Enter 发送，/ 选快捷回复')} enterkeyhint="send"
        aria-invalid=${over} @input=${this.#keep} @keydown=${this.#pressed}
        @blur=${() => this.desk.link.typing(this.number, false)}></textarea>
      <div role="alert">${this.remark ? html`<div class="notice warn small cluster spread"><span>${this.remark}</span>
        <button class="btn" @click=${() => this.#send(true)}>${t('仍要发送')}</button></div>` : ''}</div>
      <div class="writing-acts">
        <button class="btn quiet" aria-expanded=${Boolean(this.picking)} @click=${this.pick}>${t('快捷回复')}</button>
        ${size > LIMIT * 0.9 ? html`<span class="small ${over ? 'over' : 'soft'}" role="status">${size} / ${LIMIT}</span>` : ''}
        <button class="btn answer-open" @click=${() => this.dispatchEvent(new CustomEvent('answer'))}>${t('撰写解答')}</button>
        <button class="btn primary" ?disabled=${over} @click=${() => this.#send()}>${t('发送')}</button>
      </div></div>`;
  }
}
customElements.define('talk-composer', TalkComposer);
