// One question of the panel's: why it is here, what was said, and what the expert says to it.
import { html } from 'lit';
import { t } from '../i18n.js';
import { category } from '../staff/categories.js';
import { since } from '../staff/clock.js';
import { complaint } from '../staff/complaint.js';
import { Plain } from '../staff/plain.js';
import '../clock/how.js';
import '../staff/ticking.js';
import { record } from './record.js';
import { ageWord, answerGroundWord, groundWord, mayAdvise, reasonWord, stateTone, stateWord } from './words.js';
import './writing.js';

class Matter extends Plain {
  static properties = { id: {}, busy: { state: true }, problem: { state: true }, bouncing: { state: true } };

  willUpdate(changed) {
    super.willUpdate(changed);
    if (changed.has('id')) Object.assign(this, { problem: null, bouncing: false });
  }

  async #claim() {
    this.busy = true;
    this.problem = null;
    try {
      await this.desk.claim(this.id);
      this.ask('claimed');
      await this.updateComplete;
      const writing = this.querySelector('expert-writing');
      await writing?.updateComplete;
      writing?.querySelector('textarea').focus();
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
    } finally {
      this.busy = false;
    }
  }

  /** What was claimed and cannot be gone on with goes to the next expert. */
  async #giveBack() {
    this.busy = true;
    this.problem = null;
    await this.desk.passOn(this.id).catch((error) => { this.problem = error.message || t('未能完成，请再试。'); });
    this.busy = false;
  }

  /** What a lawyer asked and is not hard goes back, with the reason (26). */
  async #bounce(event) {
    event.preventDefault();
    const reason = this.querySelector('#panel-bounce').value.trim();
    if (!reason) {
      this.problem = t('请写明退回的理由。');
      return this.querySelector('#panel-bounce').focus();
    }
    this.busy = true;
    this.problem = null;
    await this.desk.bounce(this.id, reason).catch((error) => { this.problem = error.message || t('未能完成，请再试。'); });
    this.busy = false;
  }

  async #open() {
    this.bouncing = !this.bouncing;
    await this.updateComplete;
    this.querySelector('#panel-bounce')?.focus();
  }

  #giving(one, ticket) {
    const may = one.reason === 'lawyer' && ticket.escalation?.how !== 'bounced';
    return html`<div class="cluster"><button class="btn quiet" ?disabled=${this.busy} @click=${this.#giveBack}>${t('不能办理，转给下一位')}</button>
      ${may ? html`<button class="btn quiet" ?disabled=${this.busy} aria-expanded=${Boolean(this.bouncing)} @click=${this.#open}>${t('退回律师')}</button>` : ''}</div>
      ${may && this.bouncing ? html`<form class="stack tight" @submit=${this.#bounce}>
        <label for="panel-bounce">${t('退回的理由（律师会看到，用户看不到；同一问题只能退回一次）')}</label>
        <textarea id="panel-bounce" rows="2" maxlength="500"></textarea>
        <div class="cluster acts"><button class="btn" ?disabled=${this.busy}>${t('退回')}</button></div></form>` : ''}`;
  }

  render() {
    const { desk } = this;
    const one = desk.escalations.get(this.id);
    if (!one) return html`<p class="soft" role="status">${t('正在取…')}</p>`;
    const { number } = one.ticket;
    const bounced = one.state === 'resolved' && one.ticket.escalation?.how === 'bounced';
    const ticket = desk.tickets.get(number) ?? one.ticket;
    const written = (one.cause === 'callback' && one.question) || ticket.callback?.comment;
    return html`<article class="matter" aria-labelledby="matter-title">
      <header class="matter-head internal">
        <div class="cluster spread"><h2 id="matter-title" tabindex="-1">${category(ticket.category)} <span class="number soft small">${number}</span></h2>
          <span class="chip ${bounced ? '' : stateTone(one.state)}">${bounced ? t('已退回') : stateWord(one.state)}${one.claimed_by ? ` · ${one.claimed_by}` : ''}</span></div>
        <div class="clock-row"><statutory-clock .ticket=${ticket} .time=${desk.time} .begun=${since(ticket, desk.link.messages(number))}></statutory-clock>
          <clock-how label=${t('这个时限怎么算的')} .desk=${desk} .number=${number} .load=${desk.get}></clock-how></div>
        <dl class="facts small">
          <dt>${t('转交原因')}</dt><dd>${reasonWord(one.cause)} · ${ageWord(one, desk.time.now())}</dd>
          ${one.ground ? html`<dt>${t('为难之处')}</dt><dd>${groundWord(one.ground)}</dd>` : ''}
          ${one.question && one.cause !== 'callback' ? html`<dt>${t('律师的问题')}</dt><dd class="kept">${one.question}</dd>` : ''}
          ${one.answer_ground ? html`<dt>${t('直接答复的理由')}</dt><dd>${answerGroundWord(one.answer_ground)}</dd>` : ''}
        </dl>
        ${complaint(ticket, written)}
        ${this.problem ? html`<p class="notice danger" role="alert">${this.problem}</p>` : ''}
        ${one.state === 'open' ? html`<p><button class="btn primary" ?disabled=${this.busy} @click=${this.#claim}>${t('认领')}</button>
          <span class="soft small">${t('认领后由您办理，其他专家不再看到它待认领。')}
            ${one.offered_to && one.offered_to !== desk.staffNo ? t('正在询问 {no}，您也可以认领。', { no: one.offered_to }) : ''}</span></p>` : ''}
        ${desk.mine(one) ? this.#giving(one, ticket) : ''}
      </header>
      ${record(desk, number)}
      ${desk.mine(one) ? html`
        <note-box .desk=${desk} .drafts=${this.drafts} .number=${number}></note-box>
        <expert-writing .desk=${desk} .drafts=${this.drafts} .number=${number} .id=${one.id}
          .advises=${mayAdvise(one, ticket)}></expert-writing>`
        : one.state === 'resolved' ? html`<p class="notice ok" role="status">${bounced ? t('已退回律师。') : t('已办结。')}</p>` : ''}
    </article>`;
  }
}
customElements.define('expert-matter', Matter);
