// The two lists: questions passed on to the panel, and given answers that wait for a look, the expert's own ones first.
import { html } from 'lit';
import { moment, t } from '../i18n.js';
import { category } from '../staff/categories.js';
import '../staff/ticking.js';
import { ageWord, groundWord, lookWord, reasonWord, STATE_IDS, stateWord } from './words.js';

/** @param desk @param view {state, shown, choose(state)} */
export function questions(desk, { state, shown, choose }) {
  const found = desk.list(state);
  return html`
    <div class="filter" role="group" aria-label=${t('按状态')}>${STATE_IDS.map((id) => html`
      <button class="btn" aria-pressed=${id === state} @click=${() => choose(id)}>${stateWord(id)}</button>`)}</div>
    ${!desk.fetched.has(state) ? html`<p class="soft" role="status">${t('正在取…')}</p>`
      : found.length ? html`<ul class="rows">${found.map((one) => question(desk, one, one.id === shown))}</ul>`
        : html`<p class="soft">${t('这里没有问题。')}</p>`}`;
}

function question(desk, one, shown) {
  const { id, ticket, cause, ground, question: asked, claimed_by: by } = one;
  return html`<li><a class="row" href="#e/${id}" aria-current=${shown ? 'true' : 'false'}>
    <span class="cluster spread"><b>${category(ticket.category)}</b><span class="soft small">${ageWord(one, desk.time.now())}</span></span>
    <span class="row-title">${asked || ticket.title}</span>
    <span class="cluster tight small"><span class="chip">${reasonWord(cause)}</span>${ground ? html`<span class="chip">${groundWord(ground)}</span>` : ''}
      ${by ? html`<span class="soft">${by}</span>` : ''}</span>
    <statutory-clock brief class="small" .ticket=${ticket} .time=${desk.time}></statutory-clock>
    <span class="number soft small">${ticket.number}</span></a></li>`;
}

/** @param desk @param shown the number, or the suggestion about an own answer, that is open */
export function answers(desk, shown) {
  if (!desk.reviews) return html`<p class="soft" role="status">${t('正在取…')}</p>`;
  return html`${own(desk, shown)}
    ${desk.reviews.length ? given(desk, shown) : html`<p class="soft">${t('没有待审阅的解答。')}</p>`}`;
}

/** What others suggest about this expert's own answers comes first: it has a time. */
function own(desk, shown) {
  if (!desk.own?.length) return '';
  return html`<h2 class="rows-title">${t('对您的解答的建议')}</h2><ul class="rows">${desk.own.map(({ id, number, by, body, due_at: due }) => html`<li>
    <a class="row" href="#o/${id}" aria-current=${id === shown ? 'true' : 'false'}>
      <span class="row-title">${body}</span>
      <span class="cluster tight small"><span class="chip warn">${t('请在 {at} 前处理', { at: moment(due) })}</span><span class="soft">${by}</span>
        <span class="number soft">${number}</span></span></a></li>`)}</ul>
    <h2 class="rows-title">${t('待审阅的解答')}</h2>`;
}

function given(desk, shown) {
  return html`<ul class="rows">${desk.reviews.map((ticket) => html`<li><a class="row" href="#r/${ticket.number}" aria-current=${ticket.number === shown ? 'true' : 'false'}>
    <span class="cluster spread"><b>${category(ticket.category)}</b><span class="soft small">${moment(ticket.opened_at)}</span></span>
    <span class="row-title">${ticket.title}</span>
    <span class="cluster tight small"><span class="number soft">${ticket.number}</span>${ticket.assignee ? html`<span class="soft">${ticket.assignee.staff_no}</span>` : ''}
      ${desk.reasons[ticket.number]?.map((why) => html`<span class="chip ${why === 'harmful' ? 'danger' : why === 'low_rating' || why === 'late' ? 'warn' : ''}">${lookWord(why)}</span>`)}</span></a></li>`)}</ul>`;
}
