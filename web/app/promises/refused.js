// The card of a refusal, fetched where there is one; until it is here the notice stands as plain words.
let parts = null;

export function refusal(talk, ...given) {
  if (parts) return parts.refusal(talk, ...given);
  import('./refusal.js').then((module) => { parts = module; talk.requestUpdate(); }, () => {});
  return null;
}
