// The sheets that lie over the console for a moment: shortcuts, confirmations.
import { html, LitElement } from 'lit';
import { t } from '../i18n.js';

/** A modal dialog that others fill: open() shows it, Escape and the button close it. */
export class Sheet extends LitElement {
  static properties = { shown: { state: true } };

  createRenderRoot() {
    return this;
  }

  async open() {
    this.shown = true;
    await this.updateComplete;
    this.querySelector('dialog').showModal();
  }

  close() {
    this.querySelector('dialog')?.close();
  }

  render() {
    if (!this.shown) return html``;
    return html`<dialog aria-labelledby="${this.localName}-title" class=${this.localName} @close=${() => { this.shown = false; }}>
      <div class="sheet-title"><h2 id="${this.localName}-title">${this.title_}</h2>
        <button class="btn quiet" aria-label=${t('关闭')} @click=${this.close}>✕</button></div>
      ${this.shown ? this.content() : ''}</dialog>`;
  }
}

const rows = () => [
  [['Alt+Enter', 'A'], t('接下第一个派单')], [['D'], t('不接第一个派单')],
  [['1', '9'], t('转到第几个咨询'), '–'], [['Alt+PgDn', 'J'], t('下一个咨询')], [['Alt+PgUp', 'K'], t('上一个咨询')],
  [['R'], t('写消息')], [['E'], t('撰写解答')], [['C'], t('结束咨询')], [['S', '/'], t('快捷回复（空消息框中按 /）')], [['O'], t('往期咨询')], [['P'], t('待领取的留言')],
  [['M'], t('更多操作')], [['N'], t('内部栏')], [['B'], t('待回访')],
  [['Enter'], t('发送消息')], [['Shift+Enter'], t('换行')], [['Ctrl+Enter'], t('预览解答')], [['Esc'], t('离开输入框')], [['?'], t('本页')],
];

export class HelpSheet extends Sheet {
  static properties = { ...Sheet.properties, letters: { type: Boolean } };

  get title_() {
    return t('键盘快捷键');
  }

  #switch(event) {
    this.dispatchEvent(new CustomEvent('console-letters', { detail: event.target.checked, bubbles: true }));
  }

  content() {
    return html`<p class="soft small">${t('单键在输入文字时不起作用。')}</p>
      <dl class="keys">${rows().map(([keys, what, between = t('或')]) => html`<div><dt>${keys.map((key, place) =>
        html`${place ? ` ${between} ` : ''}<kbd>${key}</kbd>`)}</dt><dd>${what}</dd></div>`)}</dl>
      <label class="choice"><input type="checkbox" .checked=${this.letters} @change=${this.#switch}> <span>${t('启用单键快捷键')}</span></label>`;
  }
}
customElements.define('help-sheet', HelpSheet);

export class CloseSheet extends Sheet {
  get title_() {
    return t('结束这次咨询？');
  }

  ask(number, close) {
    Object.assign(this, { number, end: close });
    this.open();
  }

  content() {
    return html`<p>${t('结束后用户会被邀请评价，双方不能再发消息；用户仍可提出新的咨询。')}</p>
      <p class="number soft">${this.number}</p>
      <div class="cluster preview-acts"><button class="btn" @click=${this.close}>${t('暂不结束')}</button>
        <button class="btn primary" autofocus @click=${() => { this.close(); this.end(this.number); }}>${t('结束咨询')}</button></div>`;
  }
}
customElements.define('close-sheet', CloseSheet);
