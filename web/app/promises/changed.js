// What a correction changed in an answer (27). Hardly any talk has one, so what compares two texts is fetched with the first.
import { html, nothing } from 'lit';
import { t } from '../i18n.js';

let compare = null;

/** @param talk is drawn again when the comparison has come @param old the answer that was corrected @param fresh what took its place */
export function changed(talk, old, fresh) {
  if (!compare) {
    import('../difference.js').then((module) => { compare = module.changes; talk.requestUpdate(); }, () => {});
    return nothing;
  }
  return html`<div class="answer-changes" role="group" aria-label=${t('改了什么')}>
    <p class="small soft" aria-hidden="true">${t('改了什么')}</p>${compare(old, fresh, { short: true })}</div>`;
}
