// The bar above everything: duty, how many talks side by side, the lawyer's number, and what is wanted more rarely.
import { html } from 'lit';
import { t } from '../i18n.js';
import { Plain } from '../staff/plain.js';
import './duty.js';

export class ConsoleBar extends Plain {
  static properties = { columns: { type: Number } };

  #menu() {
    const item = (text, act) => html`<li><button class="row" @click=${(event) => { event.target.closest('details').open = false; act(); }}>${text}</button></li>`;
    return html`<details class="menu" @keydown=${(event) => { if (event.key === 'Escape') event.currentTarget.open = false; }}
      @focusout=${(event) => { if (event.relatedTarget && !event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false; }}>
      <summary class="btn">${t('更多')}</summary>
      <ul class="rows menu-list">
        ${item(t('待领取的留言'), () => this.ask('open', { sheet: 'pool-sheet' }))}
        ${item(t('待回访'), () => this.ask('open', { sheet: 'callbacks-sheet' }))}
        ${item(t('专家对解答的建议'), () => this.ask('open', { sheet: 'suggestions-sheet' }))}
        ${item(t('快捷回复'), () => this.ask('open', { sheet: 'canned-sheet' }))}
        ${item(t('往期咨询'), () => this.ask('open', { sheet: 'earlier-sheet' }))}
        ${item(t('声音与通知'), () => this.querySelector('console-duty').check())}
        ${item(this.bell.muted ? t('打开新消息提示音') : t('关闭新消息提示音'), () => { this.bell.muted = !this.bell.muted; this.requestUpdate(); })}
        ${item(t('键盘快捷键'), () => this.ask('open', { sheet: 'help-sheet' }))}
        ${item(t('离岗并退出登录'), () => this.ask('leave'))}
      </ul></details>`;
  }

  render() {
    return html`<div class="bar internal">
      <console-duty .desk=${this.desk} .bell=${this.bell} .alerts=${this.alerts}></console-duty>
      <div class="side-by-side" role="group" aria-label=${t('并排显示几个咨询')}>${[1, 2, 3].map((count) => html`
        <button class="btn" aria-pressed=${this.columns === count} aria-label=${t('并排 {n} 个', { n: count })}
          @click=${() => this.ask('columns', { count })}>${Array.from({ length: count }, () => html`<i></i>`)}</button>`)}</div>
      <span class="staff-no" title=${t('对外只显示编号')}>${this.desk.staffNo ?? ''}</span>
      ${this.#menu()}
    </div>`;
  }
}
customElements.define('console-bar', ConsoleBar);
