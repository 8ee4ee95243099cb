// Parts that most consultations never need, fetched once a talk is on the screen. Until they are here, and where the line is cut,
// plain words stand in their place.
import { learn } from '../i18n.js';

const AGAIN_AFTER = 5_000;
let parts = null;
let coming = null;

/** The parts of app/promises, or null while they are on their way; `element` is drawn again when they have come. */
export function later(element) {
  if (parts) return parts;
  coming ??= Promise.all([import('../promises/parts.js'), learn(() => import('words:app/promises'))]).then(
    ([module]) => { parts = module; },
    () => new Promise((resolve) => { setTimeout(resolve, AGAIN_AFTER); }).then(() => { coming = null; }),
  );
  coming.then(() => element.requestUpdate());
  return null;
}
