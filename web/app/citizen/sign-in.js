// Signing in inside the widget's frame; the token stays in the frame's memory.
import { html, nothing } from 'lit';
import { t } from '../i18n.js';
import { Part } from './part.js';
import { errorWords } from './words.js';

class SignIn extends Part {
  static properties = { ...Part.properties, error: { state: true }, otp: { state: true }, busy: { state: true } };

  async #submit(event) {
    event.preventDefault();
    const given = Object.fromEntries([...new FormData(event.target)].filter(([, value]) => value));
    if (!given.login || !given.password) {
      this.error = t('请填写手机号和密码。');
      return this.focusOn(given.login ? '#password' : '#login');
    }
    this.busy = true;
    this.error = null;
    try {
      await this.desk.signIn(given);
    } catch (error) {
      this.otp ||= Boolean(error.details?.otp);
      this.error = error.code === 'forbidden' && !error.message ? t('这里只供用户咨询，工作人员请使用工作台。') : errorWords(error);
      this.focusOn(this.otp ? '#otp' : '#password');
    } finally {
      this.busy = false;
    }
  }

  render() {
    const { trouble } = this.desk;
    return html`
      ${trouble && !this.error ? html`<p class="notice warn" role="status">${errorWords(trouble)}</p>` : nothing}
      <form class="stack" novalidate @submit=${this.#submit}>
        <h1 tabindex="-1">${t('登录后咨询')}</h1>
        <p class="soft">${t('为了只让您本人看到咨询内容，请先登录。')}</p>
        ${this.error ? html`<p class="notice danger" role="alert" id="sign-in-error">${this.error}</p>` : nothing}
        <div class="field">
          <label for="login">${t('手机号')}</label>
          <input id="login" name="login" type="text" inputmode="tel" autocomplete="username" autocapitalize="off" spellcheck="false"
            aria-describedby=${this.error ? 'sign-in-error' : nothing}>
        </div>
        <div class="field">
          <label for="password">${t('密码')}</label>
          <input id="password" name="password" type="password" autocomplete="current-password">
        </div>
        ${this.otp ? html`<div class="field">
          <label for="otp">${t('动态验证码')}</label>
          <input id="otp" name="otp" inputmode="numeric" autocomplete="one-time-code">
        </div>` : nothing}
        <button class="btn primary wide" ?disabled=${this.busy}>${this.busy ? t('正在登录…') : t('登录')}</button>
      </form>
      <hr>
      <p class="soft small">${t('不想登录，也可以拨打 12348 法律服务热线，免费。')}</p>`;
  }
}

customElements.define('consult-sign-in', SignIn);
