// The rating (24), fetched with the first answer.
import { html } from 'lit';

/** @param desk @param ticket one that has been answered */
export function rating(desk, ticket) {
  import('../rating/rating.js').catch(() => {});
  return html`<consult-rating .desk=${desk} .ticket=${ticket}></consult-rating>`;
}
