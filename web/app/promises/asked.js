// Two refusals of a new question that are themselves questions: asked before (29), and a case number in the text (31).
import { html, nothing } from 'lit';
import { moment, t } from '../i18n.js';
import { sentences } from './sentences.js';

const LABELS = { new_facts: '有新情况', not_understood: '没看懂', not_satisfied: '不满意', same: '就是同一个问题' };
const button = (busy, words, press) => html`<button type="button" class="btn wide" ?disabled=${busy} @click=${press}>${words}</button>`;

/** @param {(because: string) => void} choose told which of `choices` it is */
export function repeated({ number, answered_at: at, answer, choices }, busy, choose) {
  return html`
    <h2 class="plain">${t('看起来与 {number} 相同', { number })}</h2>
    <p>${t('这个问题已经解答过。请先看看上次的解答，再告诉我们怎样继续：')}</p>
    <section class="card stack tight" aria-label=${t('上次的解答')}>
      <h3 class="plain">${t('上次的解答')} <time class="soft small" datetime=${at}>${moment(at)}</time></h3>
      <p class="kept">${sentences(answer)}</p>
    </section>
    ${choices.filter((one) => LABELS[one]).map((one) => button(busy, t(LABELS[one]), () => choose(one)))}`;
}

/** @param {(mine: boolean) => void} choose told whether the case is the asker's own */
export function caseNumber({ case_numbers: numbers }, busy, choose) {
  return html`
    <h2 class="plain">${t('这是您自己正在办理的案件吗？')}</h2>
    <p>${t('您写到了案号：{numbers}', { numbers: numbers.join(', ') })}</p>
    <p>${t('自己正在办理的案件，网上不能解答；如果只是提到别人的案件，可以继续。')}</p>
    ${button(busy, t('不是我的案件'), () => choose(false))}
    ${button(busy, t('是我的案件'), () => choose(true))}`;
}

/** Who can help with a case that is being handled, in the server's words and the reader's language: telephones become links,
 *  nothing else does. */
export function caseHelp({ warning, help }) {
  return html`
    ${warning ? html`<p class="notice warn">${warning}</p>` : nothing}
    <ul class="rows elsewhere">${help.map(({ who, phone, what }) => {
      const row = html`${phone ? html`<strong>${phone}</strong> ` : nothing}${who}${what ? html` <span class="soft">${what}</span>` : nothing}`;
      return html`<li>${/^\d+$/.test(phone ?? '') ? html`<a class="row" href="tel:${phone}">${row}</a>` : html`<div class="row">${row}</div>`}</li>`;
    })}</ul>`;
}
