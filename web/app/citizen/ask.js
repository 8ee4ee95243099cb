// The question form: how, what about, for whom. What was typed stays in this tab until it is stored.
import { html, nothing } from 'lit';
import { t, until } from '../i18n.js';
import { elsewhere } from './elsewhere.js';
import { newId } from '../id.js';
import { later } from './later.js';
import { Part } from './part.js';
import { recall, remember } from './storage.js';
import { errorWords } from './words.js';

const LONGEST = 10_000;
const EMPTY = { kind: '', category: '', title: '', body: '', on_behalf_of: 'self', in_litigation: '' };

class Ask extends Part {
  static properties = { ...Part.properties, given: { state: true }, wrong: { state: true }, error: { state: true }, busy: { state: true } };

  constructor() {
    super();
    this.given = { ...EMPTY, ...recall('draft:ask', {}) };
    this.wrong = {};
    this.said = {}; // what was answered when the server asked back
  }

  #put(name, value) {
    this.given = { ...this.given, [name]: value };
    if (name === 'body') this.said = {};
    if (this.wrong[name]) this.wrong = { ...this.wrong, [name]: null };
    remember('draft:ask', this.given);
  }

  #check() {
    const { kind, category, body, in_litigation: pending } = this.given;
    const wrong = {};
    if (pending === '') wrong.in_litigation = t('请说明案件是否正在办理。');
    if (!kind) wrong.kind = t('请选择咨询方式。');
    if (!category) wrong.category = t('请选择问题类别。');
    if (!body.trim()) wrong.body = t('请写下您的问题。');
    else if ([...body].length > LONGEST) wrong.body = t('最多 10000 字，现在有 {n} 字。', { n: [...body].length });
    this.wrong = wrong;
    const first = Object.keys(wrong)[0];
    if (first) this.focusOn(`[name="${first}"]`);
    return !first;
  }

  async #submit(event) {
    event?.preventDefault();
    if (!this.#check()) return;
    const { title, body, ...rest } = this.given;
    const question = { ...rest, body: body.trim(), in_litigation: false, ...(title.trim() && { title: title.trim() }), ...this.said };
    // The same words keep their id, so that pressing twice opens one ticket; other words are another question.
    const words = JSON.stringify(question);
    if (words !== this.sentWords) [this.sentWords, this.id] = [words, newId()];
    this.busy = true;
    this.error = this.unsatisfied = null;
    try {
      const ticket = await this.desk.open({ id: this.id, ...question });
      remember('draft:ask', null);
      this.go(ticket.number);
    } catch (error) {
      if (error.code === 'repeated' || error.details?.question) later(this);
      if (error.code === 'agreement_required') return this.desk.disagree();
      this.error = error;
      this.focusOn('#ask-error');
    } finally {
      this.busy = false;
    }
  }

  render() {
    if (this.unsatisfied) return later(this).calledBack(this);
    const pending = this.given.in_litigation === 'yes';
    return html`
      <form class="stack" novalidate @submit=${this.#submit}>
        <div class="cluster spread">
          <h1 tabindex="-1">${t('我要咨询')}</h1>
          ${this.desk.tickets.size ? html`<a class="btn quiet" href="#list">${t('我的咨询')}</a>` : nothing}
        </div>
        ${this.#radios('in_litigation', t('这件事是否正在打官司，或由法院、仲裁、公安等机关办理？'), [['no', t('没有')], ['yes', t('正在办理')]])}
        ${pending ? this.#inLitigation() : this.#rest()}
      </form>`;
  }

  #rest() {
    return html`
        ${this.#kind()}
        <div class="field">
          <label for="category">${t('问题类别')}</label>
          <select id="category" name="category" aria-invalid=${Boolean(this.wrong.category)} aria-describedby="category-error"
            @change=${(e) => this.#put('category', e.target.value)}>
            <option value="" ?selected=${!this.given.category}>${t('请选择')}</option>
            ${this.desk.categories.map(({ id, title }) => html`<option value=${id} ?selected=${id === this.given.category}>${title}</option>`)}
          </select>
          ${this.#problem('category')}
        </div>
        <div class="field">
          <label for="title">${t('标题（可以不填）')}</label>
          <input id="title" name="title" maxlength="60" autocomplete="off" .value=${this.given.title} @input=${(e) => this.#put('title', e.target.value)}>
        </div>
        <div class="field">
          <label for="body">${t('您的问题')}</label>
          <p class="hint" id="body-hint">${t('什么时候、发生了什么、您想怎么办。请不要写身份证号、银行卡号、他人的姓名和电话。')}</p>
          <textarea id="body" name="body" rows="7" aria-invalid=${Boolean(this.wrong.body)} aria-describedby="body-hint body-error"
            .value=${this.given.body} @input=${(e) => this.#put('body', e.target.value)}></textarea>
          ${this.#problem('body')}
        </div>
        ${this.#radios('on_behalf_of', t('为谁咨询'), [['self', t('我自己')], ['relative_or_friend', t('亲属或朋友')]])}
        ${this.error ? this.#refused() : nothing}
        <button class="btn primary wide" ?disabled=${this.busy}>${this.busy ? t('正在提交…') : t('提交咨询')}</button>
        <p class="soft small">${t('提交后会得到一个咨询编号。解答仅供参考（第三十四条）。')}</p>`;
  }

  #kind() {
    const option = (kind, title, what) => html`
      <label class="choice"><input type="radio" name="kind" value=${kind} .checked=${this.given.kind === kind}
        @change=${() => this.#put('kind', kind)}><span><strong>${title}</strong><span class="soft small">${what}</span></span></label>`;
    return html`
      <fieldset class="field" aria-describedby="kind-error">
        <legend>${t('咨询方式')}</legend>
        <div class="choices two">
          ${option('live', t('在线咨询'), t('排队与律师当场交谈，{span}内解答。请留在页面上。', { span: this.desk.limits.live }))}
          ${option('message', t('留言咨询'), t('写下问题，{span}内答复。可以离开，之后回来看。', { span: this.desk.limits.message }))}
        </div>
        ${this.#problem('kind')}
      </fieldset>`;
  }

  #radios(name, legend, options) {
    return html`
      <fieldset class="field" aria-describedby="${name}-error">
        <legend>${legend}</legend>
        <div class="choices two">${options.map(([value, words]) => html`
          <label class="choice"><input type="radio" name=${name} value=${value} .checked=${this.given[name] === value}
            @change=${() => this.#put(name, value)}><span>${words}</span></label>`)}</div>
        ${this.#problem(name)}
      </fieldset>`;
  }

  #problem(name) {
    return html`<p class="error" id="${name}-error">${this.wrong[name] ?? nothing}</p>`;
  }

  #inLitigation() {
    const details = this.error?.details;
    const help = details?.help && later(this)?.caseHelp;
    return html`
      <section class="notice warn stack tight" role="status" tabindex="-1" id="ask-pending">
        <h2 class="plain">${t('正在办理的案件，网上不能解答')}</h2>
        <p>${t('这是为了不影响办案（第三十一条）。您的问题没有提交，写下的内容还在。')}</p>
        <p><strong>${t('上诉、申请的期限可能很短，请尽快行动：')}</strong></p>
      </section>
      ${help ? help(details) : elsewhere('court')}
      ${details?.open?.includes('/agreement-declined') ? html`<p><a href="/agreement-declined" target="_top">${t('看看其他求助途径')}</a></p>` : nothing}`;
  }

  /** Asks once more, with the answer to what the server asked back. */
  again(answer) {
    this.said = { ...this.said, ...answer };
    this.#submit();
  }

  /** The question needs not be asked: it has its place in an earlier consultation. */
  leave(number) {
    remember('draft:ask', null);
    this.go(number);
  }

  #isMine(mine) {
    if (!mine) return this.again({ case_number_is_not_mine: true });
    this.#put('in_litigation', 'yes');
    this.focusOn('#ask-pending');
  }

  /** A refusal that asks back; null when it does not, or its part is not here yet. */
  #question() {
    const { code, details } = this.error;
    if (code === 'repeated' && details?.number) return later(this)?.repeated(this, details);
    if (code === 'in_litigation' && details?.question) return later(this)?.caseNumber(details, this.busy, (mine) => this.#isMine(mine));
    return null;
  }

  #refused() {
    const { code, details } = this.error;
    if (code === 'in_litigation' && !details?.question) return this.#inLitigation();
    const asks = code === 'repeated' || code === 'in_litigation';
    return html`
      <section class="notice ${asks ? 'warn' : 'danger'} stack tight" role="alert" tabindex="-1" id="ask-error">
        ${this.#question() ?? html`<p>${errorWords(this.error)}</p>`}
        ${code === 'identity_required' ? html`<p><a href="/account" target="_top">${t('去完成实名认证')}</a></p>` : nothing}
        ${code === 'blocked' ? blocked(details) : nothing}
      </section>`;
  }
}

/** Why, until when, and what stays open (29). */
const blocked = ({ until: time, reason, per_week: n, number } = {}) => html`
  ${time ? html`<p><strong>${n ? t('每七天最多 {n} 次新的咨询，{time} 后可以再提出（第二十九条）。', { n, time: until(time) }) : t('暂停至 {time}（第二十九条）。', { time: until(time) })}</strong></p>` : nothing}
  ${reason ? html`<p class="kept">${t('理由：{reason}', { reason })}</p>` : nothing}
  <p>${t('已有的咨询可以继续。如有异议，请打开被认定的那次咨询，提出申诉，由值班人员复核。')}</p>
  ${number ? html`<p><a class="btn" href="#${number}">${t('打开那次咨询')}</a></p>` : nothing}
  ${elsewhere()}`;

customElements.define('consult-ask', Ask);
