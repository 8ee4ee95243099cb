// The call-back (24) of a ticket that has one: few have, so what chooses its time is fetched with the first.
import { html } from 'lit';

/** @param desk @param ticket one that owes a call-back, or had one */
export function callback(desk, ticket) {
  import('./callback-choice.js').catch(() => {});
  return html`<callback-choice class="stack tight" .desk=${desk} .ticket=${ticket}></callback-choice>`;
}
