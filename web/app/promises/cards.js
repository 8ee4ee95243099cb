// Notices that ask for something to be done, or say what must never be done.
import { html, nothing } from 'lit';
import { hour, t } from '../i18n.js';
import { sentences } from './sentences.js';

const heading = (words, at) => html`<h2 class="plain">${words} <time class="soft small" datetime=${at}>${hour(at)}</time></h2>`;

/** A long wait: to become a written message is one press away, as long as nobody has taken the question. */
export function convertOffered(talk, ticket, { body, sent_at: at }) {
  const open = ticket.state === 'queued' && ticket.kind === 'live';
  return html`
    <li class="line wide"><section class="notice stack tight" aria-label=${t('可以改为留言')}>
      ${heading(t('可以改为留言'), at)}
      <p>${sentences(body)}</p>
      ${open ? html`<p><button class="btn" ?disabled=${talk.busy} @click=${() => talk.act('ticket:convert')}>${t('改为留言')}</button></p>` : nothing}
    </section></li>`;
}

/** The official card on engaging somebody offline (22). */
export function offlineEngagement(talk, ticket, { body, sent_at: at }) {
  return html`
    <li class="line wide"><section class="card stack tight" aria-label=${t('线下委托须知')}>
      ${heading(t('线下委托须知'), at)}
      <p class="kept">${sentences(body)}</p>
      <ul class="plain-list">
        <li>${t('是否委托、委托谁，由您自己决定。')}</li>
        <li>${t('有人向您收费、要您加微信或转账的，请拒绝，并记下对方的工作编号。')}</li>
      </ul>
      <p><a class="btn" href="/institutions" target="_blank" rel="noopener">${t('查看机构名录')}</a></p>
      <p><a href="/agreement-declined" target="_blank" rel="noopener">${t('看看其他求助途径')}</a></p>
    </section></li>`;
}
