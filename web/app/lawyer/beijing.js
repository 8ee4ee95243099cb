// Times that a lawyer promises: chosen and shown as Beijing's, wherever the computer believes it is.

const OFFSET = 8 * 3_600_000; // no summer time there
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const two = (number) => String(number).padStart(2, '0');

/** The value of an <input type="datetime-local"> for a time in ms. */
export const toInput = (ms) => new Date(ms + OFFSET).toISOString().slice(0, 16);

/** The time in ms that such a value means in Beijing; NaN for none. */
export const fromInput = (value) => (value ? Date.parse(`${value.slice(0, 16)}:00.000Z`) - OFFSET : NaN);

/** The time as the service itself writes it to a citizen: "11月3日 09:05". */
export function written(ms) {
  const at = new Date(ms + OFFSET);
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
}

/** Times that are often meant, soonest first, in ms: in two hours, the end of this working day, tomorrow morning and evening. */
export function usual(now) {
  const midnight = Math.floor((now + OFFSET) / DAY) * DAY - OFFSET;
  const soon = Math.ceil((now + 120 * MINUTE) / (30 * MINUTE)) * 30 * MINUTE;
  const at = (days, hours) => midnight + days * DAY + hours * 60 * MINUTE;
  const evening = at(0, 18) > now + 30 * MINUTE ? [at(0, 18)] : [];
  return [...new Set([soon, ...evening, at(1, 10), at(1, 18)])].sort((one, other) => one - other);
}
