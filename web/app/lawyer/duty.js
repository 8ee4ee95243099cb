// The duty switch. Going on duty for the first time on this page passes a check of sound and notifications: a lawyer who does
// not hear an offer leaves a citizen waiting.
import { html } from 'lit';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';

const states = () => [['on', t('上岗')], ['pause', t('暂停')], ['off', t('离岗')]];

export class ConsoleDuty extends Plain {
  static properties = { checking: { state: true }, heard: { state: true }, busy: { state: true } };

  #checked = false;

  async choose(status) {
    this.bell.enable();
    if (status === 'on' && !this.#checked) {
      this.checking = true;
      await this.updateComplete;
      return this.querySelector('dialog').showModal();
    }
    await this.#set(status);
  }

  async #set(status) {
    this.busy = status;
    await this.desk.setDuty(status).catch((error) => this.desk.complain(error));
    this.busy = null;
  }

  async #test() {
    this.heard = await this.bell.enable();
    this.bell.chime();
  }

  async #permit() {
    await this.alerts.ask();
    this.requestUpdate();
  }

  #start() {
    this.#checked = true;
    this.querySelector('dialog').close();
    this.#set('on');
  }

  /** Opens the check by itself, from the menu. */
  async check() {
    this.checking = true;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  #permission() {
    return {
      granted: html`<span class="chip ok">✓ ${t('已允许')}</span>`,
      denied: html`<span class="chip warn">${t('已被浏览器禁止')}</span> <span class="small soft">${t('请在地址栏的网站设置中允许通知。')}</span>`,
      unsupported: html`<span class="chip">${t('此浏览器不支持')}</span>`,
    }[this.alerts.permission] ?? html`<button class="btn" @click=${this.#permit}>${t('允许通知')}</button>`;
  }

  #dialog() {
    const on = this.desk.duty?.status === 'on';
    return html`<dialog class="check" aria-labelledby="check-title" @close=${() => { this.checking = false; }}>
      <h2 id="check-title">${t('上岗前检查')}</h2>
      <p class="soft">${t('派单须在限时内应答。请确认您听得到铃声，并能看到通知。')}</p>
      <ul class="rows">
        <li class="check-row"><div><b>${t('铃声')}</b><p class="small soft">${t('有派单时反复响铃，直到应答或过时。')}</p></div>
          <div class="cluster">${this.heard === undefined ? '' : this.heard
            ? html`<span class="chip ok">✓ ${t('已播放')}</span>` : html`<span class="chip warn">${t('浏览器未允许声音')}</span>`}
            <button class="btn" @click=${this.#test}>${t('播放试听')}</button></div></li>
        <li class="check-row"><div><b>${t('桌面通知')}</b><p class="small soft">${t('通知中不含任何咨询内容。')}</p></div>
          <div class="cluster">${this.#permission()}</div></li>
      </ul>
      <div class="cluster preview-acts"><button class="btn" @click=${(event) => event.target.closest('dialog').close()}>${on ? t('关闭') : t('暂不上岗')}</button>
        ${on ? '' : html`<button class="btn primary" @click=${this.#start}>${t('开始接单')}</button>`}</div>
    </dialog>`;
  }

  render() {
    const { duty, held: active } = this.desk;
    const now = duty?.status ?? 'off';
    return html`<div class="duty" role="group" aria-label=${t('值班状态')}>
        ${states().map(([status, text]) => html`<button class="btn ${status}" aria-pressed=${now === status}
          ?disabled=${this.busy} @click=${() => now !== status && this.choose(status)}>${text}</button>`)}
      </div>
      ${duty ? html`<span class="load small"><span class="load-long">${t('在办 {active} / {capacity}', { active, capacity: duty.capacity })}</span>
        <span class="load-short" aria-hidden="true">${active}/${duty.capacity}</span></span>` : ''}
      ${this.checking ? this.#dialog() : ''}`;
  }
}
customElements.define('console-duty', ConsoleDuty);
