// 回访 (24): what one call-back needs: until when, what the citizen chose, to begin it, or to record that nobody was reached.
import { html } from 'lit';
import { moment, t, until } from '../i18n.js';
import { MOST } from './permits.js';
import { complaint } from '../staff/complaint.js';
import { Plain } from '../staff/plain.js';

const people = () => ({ same: t('由您回访'), colleague: t('由您接手回访'), another: t('希望由其他人员回访'), expert: t('希望由专家回访') });

export class CallbackCard extends Plain {
  static properties = { ticket: { attribute: false }, listed: { type: Boolean }, noting: { state: true }, problem: { state: true }, busy: { state: true } };

  async #do(event, payload) {
    if (this.busy) return false;
    Object.assign(this, { busy: true, problem: null });
    try {
      await this.desk.deed(event, payload);
      return true;
    } catch (error) {
      this.problem = error.message || t('未能完成，请再试。');
      return false;
    } finally {
      this.busy = false;
    }
  }

  async #begin() {
    const { ticket } = this;
    if (!await this.#do('callback:begin', { number: ticket.number })) return;
    this.ask('visit', { ticket });
  }

  async #note() {
    this.noting = !this.noting;
    await this.updateComplete;
    this.querySelector('textarea')?.focus();
  }

  async #attempt(event) {
    event.preventDefault();
    const box = this.querySelector('textarea');
    const note = box.value.trim();
    if (!note) {
      this.problem = t('请写明何时、如何联系，结果怎样。');
      return box.focus();
    }
    if (await this.#do('callback:attempt', { number: this.ticket.number, note })) this.noting = false;
  }

  render() {
    const { ticket, busy } = this;
    const { state, at, who, attempts, provisional, attempted_at: tried = [] } = ticket.callback;
    const begun = state === 'begun' && ticket.state !== 'closed';
    return html`<div class="callback-card internal">
      <p><b>${begun ? t('正在回访：再次解答后完成') : t('用户不满意，须回访')}</b>
        <span class="soft small">${t('{at} 前（第二十四条）', { at: until(ticket.callback_due_at) })}${provisional ? ` · ${t('工作日历待公布，时间暂定')}` : ''}</span></p>
      <p class="small">${at ? t('用户选择的时间：{at}', { at: until(at) }) : t('用户还没有选择时间')} · ${people()[who] ?? t('用户没有指定由谁回访')}
        · ${t('已尝试 {n} / {most} 次', { n: attempts, most: MOST.attempts })}${tried.length ? `：${tried.map(moment).join('、')}` : ''}</p>
      ${complaint(ticket)}
      <div class="cluster">
        ${begun || who === 'another' ? '' : html`<button class="btn primary" ?disabled=${busy} @click=${this.#begin}>${t('开始回访')}</button>`}
        ${this.listed ? html`<button class="btn" @click=${() => this.ask('visit', { ticket })}>${t('打开此前的咨询')}</button>` : ''}
        ${who === 'another' ? '' : html`<button class="btn" ?disabled=${busy} aria-expanded=${Boolean(this.noting)} @click=${this.#note}>${t('记录未联系上')}</button>`}
      </div>
      ${this.noting ? html`<form class="callback-note" @submit=${this.#attempt}>
        <p class="soft small">${t('请分在不同的半天联系（上午、下午各算一个）；同一个半天里的多次记录，本机构后台会看到。第三次后回访结束，用户会被告知。')}</p>
        <textarea rows="2" maxlength="1000" aria-label=${t('联系情况（仅内部可见）')}></textarea>
        <button class="btn" ?disabled=${busy}>${t('保存这次尝试')}</button></form>` : ''}
      <div role="alert">${this.problem ? html`<p class="notice danger small">${this.problem}</p>` : ''}</div>
    </div>`;
  }
}
customElements.define('callback-card', CallbackCard);
