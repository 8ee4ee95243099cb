// A correction (27): what it changed in the answer, and whether the citizen has seen it. Hardly any talk has one, so what compares
// two texts is fetched with the first.
import { html, nothing } from 'lit';
import { moment, t } from '../i18n.js';

let parts = null;

function changed(talk, old, fresh) {
  if (parts) return parts.inShort(old, fresh);
  import('../difference.js').then((module) => { parts = module; talk.requestUpdate(); }, () => {});
  return nothing;
}

function receipt(talk, { seq, corrected_by: by, confirmed_at: at }) {
  if (at) return html`<p class="receipt soft small" role="status">${t('您已确认看到更正（{at}）', { at: moment(at) })}</p>`;
  return by ? nothing : html`<p class="receipt"><button class="btn" ?disabled=${talk.busy} @click=${() => talk.act('answer:confirm', { seq })}>
    ${t('我已看到更正')}</button></p>`;
}

/** @param talk is drawn again when the comparison has come @param old the answer that was corrected @param fresh what took its place */
export const correction = (talk, fresh, old) => html`${changed(talk, old.body, fresh.body)}${receipt(talk, fresh)}`;
