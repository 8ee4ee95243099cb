// What changed between two versions of an answer: [{kind: "same"|"old"|"new", text}], whose "same" and "old" make the old text
// and whose "same" and "new" make the new one.
import { html } from 'lit';

const CELLS = 1_500_000; // the table of one comparison

const words = (text) => text.match(/[A-Za-z0-9]+|\s+|[^]/gu) ?? [];
const clauses = (text) => text.match(/[^，。；！？,.;!?\n]*[，。；！？,.;!?\n]?/gu).filter(Boolean);

/** Both versions in one text; what went is struck through, what came is underlined. */
export const changes = (old, fresh) => html`<div class="changes kept" lang="zh">${difference(old, fresh).map(({ kind, text }) =>
  kind === 'old' ? html`<del>${text}</del>` : kind === 'new' ? html`<ins>${text}</ins>` : text)}</div>`;

export function difference(old, fresh) {
  for (const cut of [words, clauses]) {
    const [one, other] = [cut(old), cut(fresh)];
    let [head, tail] = [0, 0];
    while (head < Math.min(one.length, other.length) && one[head] === other[head]) head += 1;
    while (tail < Math.min(one.length, other.length) - head && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
    const [a, b] = [one.slice(head, one.length - tail), other.slice(head, other.length - tail)];
    if (a.length * b.length > CELLS) continue;
    return joined([
      ...one.slice(0, head).map((text) => ({ kind: 'same', text })),
      ...between(a, b),
      ...one.slice(one.length - tail).map((text) => ({ kind: 'same', text })),
    ]);
  }
  return joined([{ kind: 'old', text: old }, { kind: 'new', text: fresh }]);
}

/** The longest common part, by the plain table. */
function between(a, b) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1 : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  const parts = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push({ kind: 'same', text: a[i] });
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) parts.push({ kind: 'old', text: a[i++] });
    else parts.push({ kind: 'new', text: b[j++] });
  }
  return parts;
}

function joined(parts) {
  const found = [];
  for (const part of parts.filter(({ text }) => text)) {
    if (found.at(-1)?.kind === part.kind) found.at(-1).text += part.text;
    else found.push({ ...part });
  }
  return found;
}
