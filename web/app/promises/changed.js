// What a correction changed in an answer (27). Hardly any talk has one, so what compares two texts is fetched with the first.
let parts = null;

/** @param talk is drawn again when the comparison has come @param old the answer that was corrected @param fresh what took its place */
export function changed(talk, old, fresh) {
  if (parts) return parts.inShort(old, fresh);
  import('../difference.js').then((module) => { parts = module; talk.requestUpdate(); }, () => {});
}
