// Keeping canned replies: own ones may be added and deleted, those of the house are there for everybody.
import { html } from 'lit';
import { t } from '../i18n.js';
import { Sheet } from './sheets.js';

export class CannedSheet extends Sheet {
  static properties = { ...Sheet.properties, problem: { state: true }, doomed: { state: true } };

  get title_() {
    return t('快捷回复');
  }

  async open() {
    Object.assign(this, { problem: null, doomed: null });
    await super.open();
    await this.canned.load();
    this.requestUpdate();
  }

  async #try(what) {
    this.problem = null;
    try {
      await what();
    } catch (error) {
      this.problem = error.message || t('未能保存，请再试。');
    }
    this.requestUpdate();
  }

  async #add(event) {
    event.preventDefault();
    const form = event.target;
    const [title, body] = [form.title_.value.trim(), form.body.value.trim()];
    if (!title || !body) {
      this.problem = t('请填写标题和正文。');
      return (title ? form.body : form.title_).focus();
    }
    await this.#try(() => this.canned.add({ title, body }));
    if (!this.problem) form.reset();
  }

  #remove(item) {
    if (this.doomed !== item.id) this.doomed = item.id;
    else this.#try(() => this.canned.remove(item.id));
  }

  #item(item) {
    return html`<li class="canned-row"><div><b>${item.title}</b> <span class="chip">${item.shared ? t('共用') : t('自己的')}</span>
        <p class="small kept">${item.body}</p></div>
      ${item.own ? html`<button class="btn ${this.doomed === item.id ? 'danger' : 'quiet'}" @click=${() => this.#remove(item)}>
        ${this.doomed === item.id ? t('确认删除') : t('删除')}</button>` : ''}</li>`;
  }

  content() {
    const { items, failed } = this.canned;
    return html`${failed ? html`<p class="notice warn">${t('快捷回复暂时取不到。')}</p>` : ''}
      ${items.length ? html`<ul class="rows">${items.map((item) => this.#item(item))}</ul>` : html`<p class="soft">${t('还没有快捷回复。')}</p>`}
      <form class="canned-new stack" novalidate @submit=${this.#add}>
        <h3>${t('新增')}</h3>
        <div class="field"><label for="canned-title">${t('标题')}</label><input id="canned-title" name="title_" maxlength="80"></div>
        <div class="field"><label for="canned-body">${t('正文')}</label>
          <textarea id="canned-body" name="body" rows="4" maxlength="5000" aria-describedby="canned-hint"></textarea>
          <p class="hint" id="canned-hint">${t('可用变量：{list}。插入时自动换成该咨询的类别、您的编号和咨询编号。', { list: '{category} {staff_no} {number}' })}</p></div>
        ${this.problem ? html`<p class="notice danger" role="alert">${this.problem}</p>` : ''}
        <button class="btn primary">${t('保存')}</button>
      </form>`;
  }
}
customElements.define('canned-sheet', CannedSheet);
