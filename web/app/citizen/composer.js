// Where a line is written. Enter sends, Shift+Enter breaks the line, and the Enter that ends an input-method composition does
// neither: it belongs to the input method.
import { html, nothing } from 'lit';
import { composing } from '../composing.js';
import { t } from '../i18n.js';
import { Part } from './part.js';
import { recall, remember } from './storage.js';

const LONGEST = 10_000;

class Composer extends Part {
  static properties = { ...Part.properties, number: {}, text: { state: true } };

  willUpdate(changed) {
    if (changed.has('number')) this.text = recall(`draft:${this.number}`, '');
  }

  #put(text) {
    this.text = text;
    remember(`draft:${this.number}`, text);
    this.desk.link.typing(this.number, Boolean(text.trim()));
  }

  #key(event) {
    if (event.key !== 'Enter' || event.shiftKey || composing(event)) return;
    event.preventDefault();
    this.#send();
  }

  #send(event) {
    event?.preventDefault();
    const body = this.text.trim();
    if (!body || [...body].length > LONGEST) return;
    this.desk.say(this.number, body);
    this.#put('');
    this.querySelector('textarea').focus();
  }

  render() {
    const held = this.desk.tickets.get(this.number)?.clock?.suspended;
    const length = this.text.length > LONGEST - 500 ? [...this.text].length : 0;
    return html`
      ${held ? html`<p class="held" id="line-held">${t('回复后继续计时')}</p>` : nothing}
      <form class="composer" @submit=${this.#send}>
        <label class="visually-hidden" for="line">${t('写给律师的话')}</label>
        <textarea id="line" rows=${Math.min(5, this.text.split('\n').length)} enterkeyhint="send" placeholder=${held ? t('请补充情况…') : t('请输入…')} aria-describedby="line-held line-hint"
          .value=${this.text} @input=${(e) => this.#put(e.target.value)} @keydown=${this.#key}></textarea>
        <button class="btn primary">${t('发送')}</button>
      </form>
      <p class="soft fine" id="line-hint">
        ${length > LONGEST ? html`<span role="alert">${t('最多 10000 字，现在有 {n} 字。', { n: length })}</span>`
          : length ? t('{n} / 10000 字', { n: length }) : html`<span class="keys">${t('回车发送，Shift + 回车换行')}</span>`}
        <span class="reference">${t('解答仅供参考（第三十四条）')}</span></p>`;
  }
}

customElements.define('consult-composer', Composer);
