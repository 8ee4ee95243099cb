// 提请专家组 (26): a hard question goes to the panel, with its ground and in one sentence. The talk stays with the lawyer.
import { html } from 'lit';
import { t } from '../i18n.js';
import { DeedSheet } from './deed-sheet.js';
import { fetchRulings, rulings } from './rulings.js';

export class EscalateSheet extends DeedSheet {
  static properties = { ...DeedSheet.properties, rulings: { state: true } };

  async ask(number, detail) {
    fetchRulings(this);
    await super.ask(number, detail);
  }

  get title_() {
    return t('提请专家组');
  }

  get verb() {
    return t('提请');
  }

  fresh() {
    return { ground: '', question: '' };
  }

  send() {
    const { ground } = this.values;
    const question = this.values.question.trim();
    if (!ground) return this.miss('ground', t('请选择理由。'));
    if (!question) return this.miss('question', t('请用一句话写明要专家回答的问题。'));
    const { number, desk } = this;
    this.deed(async () => {
      await desk.deed('ticket:escalate', { number, ground, question });
      await desk.link.watch(number).catch(() => {});
    }, t('已提请专家组；专家的意见会出现在内部栏，直接答复会出现在对话里'));
  }

  fields() {
    return html`<p class="soft">${t('解答确有困难时使用（第二十六条）。法定计时不停。专家可以把意见只给您，由您以自己的编号解答，也可以以专家的编号直接答复用户。')}</p>
      ${this.choice('ground', t('理由'), [['no_rule', t('没有明确规定')], ['unclear', t('规定不清楚')], ['disputed', t('实务有争议')]])}
      ${rulings(this.rulings, 26)}
      ${this.text('question', t('一句话写明问题（仅内部可见）'), { max: 2_000 })}`;
  }
}
customElements.define('escalate-sheet', EscalateSheet);
