// Where the consultation stands and what the citizen can do about it: the queue, the promise, the rating.
import { html, nothing } from 'lit';
import { article, t, until } from '../i18n.js';
import { later } from './later.js';
import { waitWords } from './words.js';

/** @param talk the element, for its acts @param ticket */
export function standing(talk, ticket) {
  const parts = later(talk);
  return [parts?.escalated(ticket), own(talk, ticket), parts?.notified(talk, ticket)];
}

function own(talk, ticket) {
  const { state, kind, queue, outcome } = ticket;
  if (state === 'queued' && kind === 'live') return queue?.on_duty === 0 ? nobody(talk) : waiting(talk, queue);
  if (state === 'queued') return written(talk, ticket);
  if (state === 'scheduled') {
    return html`<p class="notice">${t('律师约定于 {time} 前答复您。', { time: until(ticket.promised_at) })}</p>`;
  }
  const rateable = state === 'answered' || (state === 'closed' && outcome === 'answered');
  return rateable ? later(talk)?.rating(talk.desk, ticket) ?? nothing : nothing;
}

function waiting(talk, queue) {
  return html`
    <section class="notice queue-card" aria-live="polite">
      <p class="queue-place">${queue ? html`<strong>${queue.position > 1 ? t('您排在第 {n} 位', { n: queue.position }) : t('下一位就是您')}</strong>
        <span>${waitWords(queue)}</span>` : html`<strong>${t('正在为您联系律师')}</strong>`}</p>
      <p class="soft small">${queue?.on_duty ? t('{n} 位律师正在值班，您可以先把情况补充完整。', { n: queue.on_duty }) : t('您可以先把情况补充完整。')}</p>
      ${ways(talk)}
    </section>`;
}

function nobody(talk) {
  return html`
    <section class="notice warn queue-card" aria-live="polite">
      <p><strong>${t('现在没有律师值班')}</strong></p>
      <p>${t('可以把问题改为留言：内容和编号都不变，{span}内答复（第二十三条），不用守在这里。', { span: talk.desk.limits.message })}</p>
      ${ways(talk, true)}
    </section>`;
}

const ways = (talk, first = false) => html`
  <div class="actions">
    <button class="btn ${first ? 'primary' : ''}" ?disabled=${talk.busy} @click=${() => talk.act('ticket:convert')}>${t('改为留言')}</button>
    ${withdraw(talk)}
  </div>`;

function withdraw(talk) {
  if (!talk.open.has('withdraw')) return html`<button class="btn quiet" @click=${() => talk.toggle('withdraw')}>${t('不问了')}</button>`;
  return html`<span>${t('确定撤回这次咨询吗？')}</span>
    <button class="btn danger" ?disabled=${talk.busy} @click=${() => talk.act('ticket:withdraw')}>${t('撤回')}</button>
    <button class="btn quiet" @click=${() => talk.toggle('withdraw')}>${t('继续等')}</button>`;
}

function written(talk, { answer_due_at: due, clock }) {
  return html`
    <section class="notice ok queue-card">
      <p><strong>${t('留言已收到')}</strong></p>
      <p>${due ? t('最迟 {time} 答复（{article}）。', { time: until(due), article: article(clock?.article ?? 23) }) : nothing}
        ${t('您可以关闭页面，之后回来看。')}</p>
      <div class="actions">${withdraw(talk)}</div>
    </section>`;
}
