// Which talks stand side by side. Pure: a layout is {open: [number], focus: number|null, used: [number]}; `used` has the one
// that was looked at last at its end, so that the one nobody looks at gives way.

export const EMPTY = { open: [], focus: null, used: [] };

const touched = (used, number) => [...used.filter((one) => one !== number), number];

/** Brings a talk to the front, beside at most `size - 1` others, in the place of the one unused for longest. */
export function show(layout, number, size) {
  const used = touched(layout.used, number);
  if (layout.open.includes(number)) return { open: fit(layout.open, used, size), focus: number, used };
  const open = fit([...layout.open], used, size);
  if (open.length < size) open.push(number);
  else open[open.indexOf(used.find((one) => open.includes(one)) ?? open[0])] = number;
  return { open, focus: number, used };
}

/** Takes a talk away; the rest stay where they are. `known` are all talks, so that a free place is filled. */
export function drop(layout, number, known, size) {
  const open = layout.open.filter((one) => one !== number);
  const used = layout.used.filter((one) => one !== number);
  const next = { open, used, focus: layout.focus === number ? (open.at(-1) ?? null) : layout.focus };
  return fill(next, known, size);
}

/** Another number of columns, or other talks: those that remain stay, free places are filled in the order of the list. */
export function fill(layout, known, size) {
  let open = layout.open.filter((one) => known.includes(one));
  open = fit(open, layout.used, size, layout.focus);
  for (const one of known) if (open.length < size && !open.includes(one)) open.push(one);
  const focus = open.includes(layout.focus) ? layout.focus : (open[0] ?? null);
  return { open, focus, used: layout.used.filter((one) => known.includes(one)) };
}

/** The talk `step` places further in the list, round the end. */
export function beside(known, focus, step) {
  if (!known.length) return null;
  const place = known.indexOf(focus);
  return known[(place + step + known.length) % known.length] ?? known[0];
}

function fit(open, used, size, keep = null) {
  const kept = [...open];
  while (kept.length > size) {
    const stale = used.find((one) => kept.includes(one) && one !== keep) ?? kept.find((one) => one !== keep);
    const never = kept.find((one) => !used.includes(one) && one !== keep);
    kept.splice(kept.indexOf(never ?? stale), 1);
  }
  return kept;
}
