// An answer that is looked at again, since it may do harm to act on it (27): said at the answer itself until it is settled.
import { html, nothing } from 'lit';
import { hour, t } from '../i18n.js';
import { sentences } from './sentences.js';

export const doubt = () => html`<p class="notice danger doubt"><strong>${t('这条解答正在复核，请先不要据此行动。')}</strong></p>`;

/** The notice that it is, or that it stands. @param message its `about` is the answer's seq */
export function lookedAgain(talk, { doubted = [] }, { about, body, sent_at: at }) {
  const open = doubted.includes(about);
  return html`
    <li class="talk-notice ${open ? 'danger' : 'info'}"><strong>${t('解答复核')}</strong> <time class="soft" datetime=${at}>${hour(at)}</time>
      <div>${sentences(body)}</div>
      ${about ? html`<button class="btn quiet" @click=${() => talk.jump(about)}>${t('看这条解答')}</button>` : nothing}
    </li>`;
}
