// Two refusals of a new question that are themselves questions: asked before (29), and a case number in the text (31).
import { html, nothing } from 'lit';
import { moment, t } from '../i18n.js';
import { errorWords } from '../citizen/words.js';
import { rating } from './rated.js';
import { sentences } from './sentences.js';

const LABELS = { new_facts: '有新情况', not_understood: '没看懂', not_satisfied: '不满意，请回访', same: '就是同一个问题' };
const button = (busy, words, press) => html`<button type="button" class="btn wide" ?disabled=${busy} @click=${press}>${words}</button>`;

/** @param ask the form, which asks anew, leaves for the earlier consultation, or stays with its call-back */
export function repeated(ask, { number, answered_at: at, answer, choices }) {
  const choose = (because) => {
    if (because === 'same') ask.leave(number);
    else if (because === 'not_satisfied') dissatisfied(ask, number);
    else ask.again({ earlier: { number, because } });
  };
  return html`
    <h2 class="plain">${t('看起来与 {number} 相同', { number })}</h2>
    <p>${t('这个问题已经解答过。请先看看上次的解答，再告诉我们怎样继续：')}</p>
    <section class="card stack tight" aria-label=${t('上次的解答')}>
      <h3 class="plain">${t('上次的解答')} <time class="soft small" datetime=${at}>${moment(at)}</time></h3>
      <p class="kept">${sentences(answer)}</p>
    </section>
    ${choices.filter((one) => LABELS[one]).map((one) => button(ask.busy, t(LABELS[one]), () => choose(one)))}`;
}

/** Who is not satisfied is called back (24), and that goes before what is said of repeats (29): the rating opens it, unless that
 *  was said before. */
export async function dissatisfied(ask, number) {
  const { desk } = ask;
  ask.busy = true;
  ask.unsatisfied = {};
  try {
    if (!desk.tickets.has(number)) await desk.act('ticket:sync', { number, after_seq: 0, limit: 1 });
    if (desk.tickets.get(number).satisfied !== false) await desk.act('ticket:rate', { number, satisfied: false });
  } catch (error) {
    ask.unsatisfied = { error };
  }
  ask.busy = false;
  ask.focusOn('h1');
}

/** Where the call-back stands, and the other way: to ask all the same. It takes the place of the form. */
export function calledBack(ask) {
  const { number } = ask.error.details;
  const { busy, desk, unsatisfied: { error } } = ask;
  return html`
    <div class="stack">
      <h1 tabindex="-1">${t('您对上次的解答不满意')}</h1>
      <p>${t('咨询编号')} <span class="number">${number}</span></p>
      ${busy ? html`<p class="soft" role="status">${t('正在提交…')}</p>`
        : error ? html`<p class="notice danger" role="alert">${errorWords(error)}</p>` : rating(desk, desk.tickets.get(number))}
      ${button(busy, t('打开那次咨询'), () => ask.leave(number))}
      ${button(busy, t('仍要再次提问'), () => ask.again({ earlier: { number, because: 'not_satisfied' } }))}
    </div>`;
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
