// The base of the sheets with which a lawyer does more than talk: fields that are kept until it worked, what is wrong with them,
// what the citizen will read.
import { html } from 'lit';
import { t } from '../i18n.js';
import { warned } from '../staff/contacts.js';
import { composing } from '../composing.js';
import { Sheet } from './sheets.js';

export class DeedSheet extends Sheet {
  static properties = { ...Sheet.properties, values: { state: true }, problem: { state: true }, busy: { state: true } };

  get ticket() {
    return this.desk.tickets.get(this.number);
  }

  /** Opens it for a talk. `detail` may bring more than the number. */
  async ask(number, detail = {}) {
    Object.assign(this, { number, detail, problem: null, busy: false });
    this.values = this.fresh(detail);
    await this.open();
  }

  fresh() {
    return {};
  }

  keep(change) {
    this.values = { ...this.values, ...change };
    this.problem = null;
  }

  /** Tells what is missing and goes there. */
  async miss(name, problem) {
    this.problem = problem;
    await this.updateComplete;
    this.querySelector(`[name="${name}"]`)?.focus();
  }

  /** Does it; what the server has against it is shown, and nothing that was written is lost. */
  async deed(work, told) {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      await work();
      this.close();
      if (told) this.desk.toast(told);
    } catch (error) {
      const line = { offline: t('连接中断，未能完成。恢复后请再试。'), timeout: t('服务器没有及时回应，正在核对结果。') }[error.code];
      this.problem = line ?? (error.message || t('未能完成，请再试。'));
    }
    this.busy = false;
  }

  /** A text field. `said` tells that the citizen will read it, so contacts in it are warned of. */
  text(name, label, { rows = 3, max = 1_000, hint = '', said = false, first = false } = {}) {
    const id = `${this.localName}-${name}`;
    const value = this.values[name] ?? '';
    return html`<div class="field"><label for=${id}>${label}</label>
      ${rows > 1
        ? html`<textarea id=${id} name=${name} rows=${rows} maxlength=${max} ?autofocus=${first} aria-describedby="${id}-hint"
          .value=${value} @input=${({ target }) => this.keep({ [name]: target.value })}></textarea>`
        : html`<input id=${id} name=${name} maxlength=${max} ?autofocus=${first} aria-describedby="${id}-hint" autocomplete="off"
          .value=${value} @input=${({ target }) => this.keep({ [name]: target.value })}>`}
      <p class="hint" id="${id}-hint">${hint}</p>${said ? warned(value) : ''}</div>`;
  }

  /** One of several: [[value, label, hint?]]. */
  choice(name, label, options) {
    return html`<fieldset class="field"><legend>${label}</legend><div class="choices deeds-choice">${options.map(([value, text, hint]) => html`
      <label class="choice"><input type="radio" name=${name} value=${value} .checked=${this.values[name] === value}
        @change=${() => this.keep({ [name]: value })}> <span>${text}${hint ? html`<span class="hint"> ${hint}</span>` : ''}</span></label>`)}</div></fieldset>`;
  }

  /** What the citizen will read, in the service's own words. */
  shows(text, title = t('用户将看到')) {
    return html`<div class="will-read" role="group" aria-label=${title}><p class="small soft">${title}</p><p class="talk-notice kept" lang="zh">${text}</p></div>`;
  }

  #pressed(event) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !composing(event)) event.target.closest('form').requestSubmit();
  }

  content() {
    return html`<form class="deed stack" novalidate @keydown=${this.#pressed} @submit=${(event) => { event.preventDefault(); this.send(); }}>
      <p class="number soft small">${this.number}</p>
      ${this.fields()}
      <div role="alert">${this.problem ? html`<p class="notice danger">${this.problem}</p>` : ''}</div>
      <div class="cluster preview-acts"><button class="btn" type="button" @click=${this.close}>${t('取消')}</button>
        <button class="btn ${this.grave ? 'danger' : 'primary'}" aria-disabled=${Boolean(this.busy)}>${this.busy ? t('正在提交…') : this.verb}</button></div>
    </form>`;
  }
}
