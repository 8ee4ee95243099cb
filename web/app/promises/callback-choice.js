// The call-back (24): when, and by whom. Who chooses nothing is called back all the same, before the due time.
import { html, LitElement, nothing } from 'lit';
import { moment, t, until } from '../i18n.js';
import { errorWords } from '../citizen/words.js';
import { asLocal, fromLocal, proposed, wrong } from './callback-time.js';

const whos = () => [['same', t('原来的律师')], ['another', t('另一位律师')], ['expert', t('专家')]];

class CallbackChoice extends LitElement {
  static properties = {
    desk: { attribute: false }, ticket: { attribute: false }, choosing: { state: true }, problem: { state: true }, busy: { state: true },
  };

  createRenderRoot() {
    return this;
  }

  async #submit(event) {
    event.preventDefault();
    const { at, who } = Object.fromEntries(new FormData(event.target));
    const time = fromLocal(at);
    const due = Date.parse(this.ticket.callback_due_at);
    const why = wrong(time, Date.now(), due);
    if (why) {
      this.problem = why === 'past' ? t('请选择以后的时间。') : t('请选择 {time} 之前的时间。', { time: until(this.ticket.callback_due_at) });
      return this.querySelector('#callback-at').focus();
    }
    this.busy = true;
    this.problem = null;
    try {
      await this.desk.act('callback:choose', { number: this.ticket.number, at: new Date(time).toISOString(), who });
      this.choosing = false;
    } catch (error) {
      this.problem = errorWords(error);
    } finally {
      this.busy = false;
    }
  }

  async #open() {
    this.choosing = true;
    await this.updateComplete;
    this.querySelector('#callback-at').focus();
  }

  render() {
    const { callback, callback_due_at: due } = this.ticket;
    const who = whos().find(([id]) => id === callback.who)?.[1] ?? t('接手的同事');
    return html`
      <p>${t('我们将在 {day} 前回访，再次为您解答（第二十四条）。', { day: until(due) })}
        ${callback.provisional ? html`<span class="soft">${t('这个日期是暂定的，放假安排公布后可能调整。')}</span>` : nothing}</p>
      ${callback.at ? html`<p role="status">${t('您选择的时间：{time}，由{who}回访。', { time: moment(callback.at), who })}</p>` : nothing}
      ${callback.state !== 'open' ? nothing : this.choosing ? this.#form() : html`
        <p><button class="btn" aria-expanded="false" @click=${this.#open}>${callback.at ? t('换个时间或人') : t('选择回访的时间和人')}</button></p>`}`;
  }

  #form() {
    const { callback, callback_due_at: due } = this.ticket;
    const [now, end] = [Date.now(), Date.parse(due)];
    const at = callback.at ? Date.parse(callback.at) : proposed(now, end);
    return html`
      <form class="stack tight callback-form" novalidate @submit=${this.#submit}>
        <div class="field">
          <label for="callback-at">${t('什么时候方便（北京时间）')}</label>
          <input type="datetime-local" id="callback-at" name="at" required .value=${asLocal(at)} min=${asLocal(now)} max=${asLocal(end)}
            aria-invalid=${Boolean(this.problem)} aria-describedby="callback-problem">
          <p class="error" id="callback-problem" role="alert">${this.problem ?? nothing}</p>
        </div>
        <fieldset class="field"><legend>${t('由谁回访')}</legend>
          <div class="choices">${whos().map(([id, words]) => html`<label class="choice"><input type="radio" name="who" value=${id}
            .checked=${(['another', 'expert'].includes(callback.who) ? callback.who : 'same') === id}><span>${words}</span></label>`)}</div></fieldset>
        <div class="actions"><button class="btn primary" ?disabled=${this.busy}>${t('确定')}</button>
          <button type="button" class="btn quiet" @click=${() => { this.choosing = false; this.problem = null; }}>${t('取消')}</button></div>
      </form>`;
  }
}

customElements.define('callback-choice', CallbackChoice);
