// The keyboard. Single letters speak only while nobody is typing and can be switched off (WCAG 2.1.4); the chords with Alt
// work from within a box too. Nothing is ever taken from an input method that is composing.
import { composing } from '../composing.js';

export const LETTERS = {
  a: 'accept', d: 'decline', j: 'next', k: 'previous', r: 'write', e: 'answer', c: 'close', s: 'canned', o: 'earlier', p: 'pool',
  m: 'more', n: 'side', b: 'callbacks', '?': 'help',
};
export const CHORDS = { Enter: 'accept', PageDown: 'next', PageUp: 'previous' };

/** True in anything that takes text. */
export function typing(target) {
  return Boolean(target?.closest?.('textarea, select, input:not([type="checkbox"], [type="radio"], [type="button"]), [contenteditable]'));
}

/** What a key press asks for: {name, place?} or null. `letters` tells whether single keys are switched on. */
export function command(event, { letters = true } = {}) {
  if (composing(event) || event.defaultPrevented || event.ctrlKey || event.metaKey) return null;
  if (event.altKey) return CHORDS[event.key] && !event.shiftKey ? { name: CHORDS[event.key] } : null;
  if (typing(event.target)) return event.key === 'Escape' ? { name: 'leave' } : null;
  if (!letters) return null;
  if (/^[1-9]$/.test(event.key)) return { name: 'go', place: Number(event.key) - 1 };
  const name = LETTERS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  return name && (!event.shiftKey || event.key === '?') ? { name } : null;
}

/** Enter alone sends; with Shift it breaks the line; composing it does neither. */
export const sends = (event) => event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey && !composing(event);
