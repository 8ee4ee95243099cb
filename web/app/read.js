// What is known of a ticket only ever grows: an answer to an earlier question may come after news that overtook it on the way, and
// takes nothing of it back.

/** Whether `told` is an older state of a ticket than the `known` one, which may be missing. Who has lost a ticket sees no more of its
 *  lines, so these are compared only within one ownership. */
export const overtaken = (known, told) => Boolean(known)
  && (told.epoch < known.epoch || (told.epoch === known.epoch && told.last_seq < known.last_seq));

/** How far each side has read: the later of two `{citizen: seq, staff: seq}` for each; either may be missing. */
export function furthest(known, told) {
  if (!known || !told) return told ?? known;
  const later = (side) => Math.max(known[side] ?? 0, told[side] ?? 0);
  return { citizen: later('citizen'), staff: later('staff') };
}
