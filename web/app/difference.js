// What changed between two versions of an answer: [{kind: "same"|"old"|"new", text}], whose "same" and "old" make the old text
// and whose "same" and "new" make the new one.
import { html } from 'lit';
import { lang, t } from './i18n.js';

const CELLS = 1_500_000; // the table of one comparison
const FEW = 3; // signs that stayed between two changes and are fewer count as changed

const words = (text) => text.match(/[A-Za-z0-9]+|\s+|[^]/gu) ?? [];
const clauses = (text) => text.match(/[^，。；！？,.;!?\n]*[，。；！？,.;!?\n]?/gu).filter(Boolean);

const AROUND = 24; // characters of what stayed that are shown beside a change when it is to be short

// Few screen readers tell of <del> and <ins>, so words that are not seen do.
const aloud = (words) => html`<span class="visually-hidden" lang=${lang()}> ${words} </span>`;
const drawn = {
  same: (text) => text,
  old: (text) => html`${aloud(t('删去：'))}<del>${text}</del>${aloud(t('删去完'))}`,
  new: (text) => html`${aloud(t('新增：'))}<ins>${text}</ins>${aloud(t('新增完'))}`,
};

const shown = (parts) => html`<div class="changes kept" lang="zh">${parts.map(({ kind, text }) => drawn[kind](text))}</div>`;

/** Both versions in one text; what went is struck through, what came is underlined. */
export const changes = (old, fresh) => shown(difference(old, fresh));

/** The same for the citizen: under a title, and of what stayed only what is near. */
export const inShort = (old, fresh) => html`<div class="answer-changes" role="group" aria-label=${t('改了什么')}>
  <p class="small soft" aria-hidden="true">${t('改了什么')}</p>${shown(shortened(difference(old, fresh)))}</div>`;

/** Long stretches of what stayed, cut down to what stands beside a change. */
export function shortened(parts) {
  return parts.map(({ kind, text }, place) => {
    const signs = [...text];
    const [before, after] = [place > 0 ? AROUND : 0, place < parts.length - 1 ? AROUND : 0];
    if (kind !== 'same' || signs.length <= before + after + AROUND) return { kind, text };
    return { kind, text: `${signs.slice(0, before).join('')} … ${after ? signs.slice(-after).join('') : ''}` };
  });
}

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

/** Neighbours of a kind in one. A sign or two that stayed between changes would only break them up, and go with them. */
function joined(parts) {
  const runs = merged(parts);
  const calm = [];
  runs.forEach(({ kind, text }, place) => {
    const between = place > 0 && place < runs.length - 1;
    if (kind === 'same' && between && text.trim() && [...text].length < FEW) calm.push({ kind: 'old', text }, { kind: 'new', text });
    else calm.push({ kind, text });
  });
  return merged(calm);
}

/** Of what changed in one place, first what went, then what came. */
function merged(parts) {
  const found = [];
  let [old, fresh] = ['', ''];
  const put = () => {
    if (old) found.push({ kind: 'old', text: old });
    if (fresh) found.push({ kind: 'new', text: fresh });
    [old, fresh] = ['', ''];
  };
  for (const { kind, text } of parts) {
    if (kind === 'old') old += text;
    else if (kind === 'new') fresh += text;
    else if (text) {
      put();
      if (found.at(-1)?.kind === 'same') found.at(-1).text += text;
      else found.push({ kind, text });
    }
  }
  put();
  return found;
}
