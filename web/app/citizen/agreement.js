// The agreement comes before the service, in plain words; saying no closes no other door (Art. 35).
import { html, nothing } from 'lit';
import { t } from '../i18n.js';
import { Part } from './part.js';
import { errorWords } from './words.js';
import { elsewhere } from './elsewhere.js';

class Agreement extends Part {
  static properties = { ...Part.properties, declined: { type: Boolean }, error: { state: true }, busy: { state: true } };

  async #accept() {
    this.busy = true;
    try {
      await this.desk.accept();
      this.go('ask');
    } catch (error) {
      this.error = error.code === 'conflict' ? t('协议刚刚更新，请看过新的内容再决定。') : errorWords(error);
    } finally {
      this.busy = false;
    }
  }

  render() {
    return this.declined ? this.#otherWays() : this.#text();
  }

  #text() {
    const { agreement } = this.desk;
    return html`
      <div class="stack">
        <h1 tabindex="-1">${t('咨询之前，请先了解')}</h1>
        <ul class="promises">
          <li><strong>${t('免费')}</strong><span>${t('全程不收任何费用；有人向您收费，请拒绝。')}</span></li>
          <li><strong>${t('保密')}</strong><span>${t('律师只以工作编号与您交谈，您说的内容依法保密。')}</span></li>
          <li><strong>${t('留存')}</strong><span>${t('咨询记录至少保存两年，供您日后查用。')}</span></li>
          <li><strong>${t('仅供参考')}</strong><span>${t('解答是参考意见，不能代替正式的法律服务。')}</span></li>
        </ul>
        ${this.error ? html`<p class="notice danger" role="alert">${this.error}</p>` : nothing}
        ${agreement ? html`
          <details class="card agreement">
            <summary>${t('阅读全文：{title}', { title: agreement.title })}</summary>
            <div class="kept">${agreement.body}</div>
          </details>
          <div class="actions">
            <button class="btn primary" ?disabled=${this.busy} @click=${this.#accept}>${t('同意，开始咨询')}</button>
            <button class="btn" @click=${() => this.go('declined')}>${t('不同意')}</button>
          </div>` : html`<p class="notice warn">${t('服务协议暂时打不开，请稍后再试。')}</p>`}
        <p class="soft small">${t('不同意也没关系：您仍可以浏览公开信息，或用其他方式获得法律服务（第三十五条）。')}</p>
      </div>`;
  }

  #otherWays() {
    return html`
      <div class="stack">
        <h1 tabindex="-1">${t('您还可以这样获得帮助')}</h1>
        <p>${t('您没有同意服务协议，所以没有开始在线咨询。这不影响您用其他方式获得法律服务。')}</p>
        ${elsewhere()}
        <p><button class="btn" @click=${() => this.go('ask')}>${t('再看一遍服务协议')}</button></p>
      </div>`;
  }
}

customElements.define('consult-agreement', Agreement);
