// Times of a call-back as its form takes them: of the service's own place, wherever the telephone is. Pure.

const HERE = 8 * 3_600_000; // Asia/Shanghai, without summer time
const HOUR = 3_600_000;

/** "2026-11-23T14:30" of a time in ms: what a datetime-local box takes. */
export const asLocal = (ms) => new Date(ms + HERE).toISOString().slice(0, 16);

/** The reverse: ms, or NaN. */
export const fromLocal = (value) => Date.parse(`${value}:00+08:00`);

/** The first whole hour that is at least one hour away, but before the due time. */
export function proposed(now, due) {
  const next = (Math.floor(now / HOUR) + 2) * HOUR;
  return next <= due ? next : Math.floor((due - 60_000) / 60_000) * 60_000;
}

/** Why this time cannot be: "past", "late" or null. */
export function wrong(at, now, due) {
  if (Number.isNaN(at) || at <= now) return 'past';
  return at > due ? 'late' : null;
}
