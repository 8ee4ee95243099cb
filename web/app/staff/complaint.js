// What a citizen is not satisfied with (24): the reasons ticked, and what was written.
import { html } from 'lit';
import { t } from '../i18n.js';

const WORDS = { wrong: () => t('解答有错'), unclear: () => t('没讲明白'), too_slow: () => t('太慢'), attitude: () => t('态度不好'),
  not_solved: () => t('问题没解决'), refused: () => t('不给解答') };

/** @param ticket @param written the citizen's own words */
export function complaint({ reasons = [], callback }, written = callback?.comment) {
  if (!reasons.length && !written) return '';
  return html`<dl class="facts small"><dt>${t('用户哪里不满意')}</dt>
    <dd>${reasons.length ? html`<span class="cluster tight">${reasons.map((one) => html`<span class="chip">${WORDS[one]?.() ?? one}</span>`)}</span>` : ''}
      ${written ? html`<span class="kept">${written}</span>` : ''}</dd></dl>`;
}
