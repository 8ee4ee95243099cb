// A box to write in that keeps what was written, counts it, and asks to confirm before anything leaves the desk.
import { html } from 'lit';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import { length, LIMIT } from '../staff/answer-frame.js';
import { composing } from '../composing.js';

export class Box extends Plain {
  static properties = { number: {}, text: { state: true }, previewing: { state: true }, busy: { state: true }, problem: { state: true } };

  get fits() {
    return Boolean(this.text?.trim()) && length(this.text) <= LIMIT;
  }

  keep(kind, text) {
    this.text = text;
    this.drafts.put(this.number, kind, text);
  }

  pressed(event, act) {
    if (composing(event) || event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    act();
  }

  async preview() {
    if (!this.fits) return this.querySelector('textarea').focus();
    this.problem = null;
    this.previewing = true;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  /** Does it; what was written is forgotten only when it is done. */
  async send(act, kind) {
    this.busy = true;
    this.problem = null;
    try {
      await act();
      this.keep(kind, '');
      this.querySelector('dialog')?.close();
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
    } finally {
      this.busy = false;
    }
  }

  trouble() {
    return this.problem ? html`<p class="notice danger" role="alert">${this.problem}</p>` : '';
  }

  count() {
    const size = length(this.text ?? '');
    return size > LIMIT * 0.9 ? html`<span class="small ${size > LIMIT ? 'over' : 'soft'}" role="status">${size} / ${LIMIT}</span>` : '';
  }
}
