// A refusal (28, 29, 31): why, who can help, the citizen's word to know where to go, and an appeal to a person.
import { html, nothing } from 'lit';
import { hour, moment, t, until } from '../i18n.js';
import { isDecision, referral } from './referral.js';
import { sentences } from './sentences.js';

const LABELS = { 请咨询: () => t('请咨询'), 地址: () => t('地址'), 电话: () => t('电话'), 时间: () => t('时间'), 网址: () => t('网址'),
  地图: () => t('地图'),
  此前的咨询: () => t('此前的咨询') };
const LONGEST = 10_000;
/** The refusals that send the citizen elsewhere. */
const ELSEWHERE = ['refused:out_of_scope', 'refused:in_litigation'];
const MAY_APPEAL = `您如有异议，可以申诉`;

/** @param talk the element @param ticket @param message the notice @param elsewhere draws who else can help */
export function refusal(talk, ticket, { body, sent_at: at }, elsewhere) {
  const { text, facts, answer } = referral(body);
  const decides = isDecision(body);
  const words = decides ? t('申诉的处理结果') : t('不予解答的说明');
  const stands = !decides && ticket.state === 'closed' && body.includes(MAY_APPEAL);
  const where = stands && ELSEWHERE.includes(ticket.outcome) ? known(talk, ticket) : nothing;
  const open = stands && !['upheld', 'dismissed'].includes(ticket.appeal);
  return html`
    <li class="line wide"><section class="card ${decides ? '' : 'refusal'} stack tight" aria-label=${words}>
      <h2 class="plain">${words} <time class="soft small" datetime=${at}>${hour(at)}</time></h2>
      ${text.slice(0, 1).map(said)}
      ${facts.length ? html`<dl class="facts">${facts.map(({ label, parts }) => html`
        <dt>${LABELS[label]()}</dt><dd>${parts.map(part)}</dd>`)}</dl>${where}` : nothing}
      ${answer === null ? nothing : html`<p><strong>${t('此前的解答')}</strong></p>
        <blockquote class="kept">${answer}</blockquote>`}
      ${text.slice(1).map(said)}
      ${!decides && ticket.outcome === 'refused:in_litigation' ? elsewhere('court') : nothing}
      ${facts.length ? nothing : where}
      ${open ? appeal(talk, ticket) : nothing}
    </section></li>`;
}

const said = (line) => html`<p class="kept">${sentences(line)}</p>`;

const part = ({ text, href }) => (!href ? text
  : href.startsWith('#') ? html`<a class="number small" href=${href}>${text}</a>`
  : href.startsWith('tel:') ? html`<a href=${href}>${text}</a>` : html`<a href=${href} target="_blank" rel="noopener noreferrer">${text}</a>`);

function known(talk, { referral_known_at: at }) {
  if (at) return html`<p class="notice ok" role="status">${t('您已确认知道去哪里（{at}）。', { at: moment(at) })}</p>`;
  return html`<p><button class="btn primary" ?disabled=${talk.busy} @click=${() => talk.act('referral:confirm')}>${t('我已知道去哪里')}</button></p>`;
}

function appeal(talk, ticket) {
  if (ticket.appeal) return html`<p class="notice ok" role="status">${t('申诉已提交，由值班人员复核。')}
    ${ticket.appeal_due_at ? t('答复期限：{time}。', { time: until(ticket.appeal_due_at) }) : nothing}</p>`;
  if (!talk.open.has('appeal')) {
    const open = () => { talk.toggle('appeal'); talk.focusOn('#appeal'); };
    return html`<p><button class="btn" aria-expanded="false" @click=${open}>${t('申诉')}</button></p>`;
  }
  const send = async (event) => {
    event.preventDefault();
    const box = event.target.elements.appeal;
    const body = box.value.trim();
    if (!body) return box.focus();
    await talk.act('ticket:appeal', { body });
    if (talk.error) return;
    talk.toggle('appeal');
  };
  return html`<form class="stack tight" @submit=${send}>
    <label for="appeal">${t('为什么您认为应当解答')}</label>
    <textarea id="appeal" name="appeal" rows="3" maxlength=${LONGEST} required></textarea>
    <div class="actions"><button class="btn primary" ?disabled=${talk.busy}>${t('提交申诉')}</button>
      <button type="button" class="btn quiet" @click=${() => talk.toggle('appeal')}>${t('取消')}</button></div>
  </form>`;
}
