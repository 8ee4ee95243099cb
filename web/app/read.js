// How far each side has read: it only ever grows, so news that overtook an earlier answer is not taken back by it.

/** The later of two `{citizen: seq, staff: seq}` for each side; either may be missing. */
export function furthest(known, told) {
  if (!known || !told) return told ?? known;
  const later = (side) => Math.max(known[side] ?? 0, told[side] ?? 0);
  return { citizen: later('citizen'), staff: later('staff') };
}
