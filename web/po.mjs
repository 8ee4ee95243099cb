// Reads a gettext .po file: no plural forms, no contexts, since our msgids are plain Chinese sentences.

const ESCAPES = { n: '\n', t: '\t', r: '\r', '"': '"', '\\': '\\' };
const unquote = (line) =>
  line.slice(line.indexOf('"') + 1, line.lastIndexOf('"')).replace(/\\(.)/g, (_, c) => ESCAPES[c] ?? c);

/** The text of a .po file -> Map of msgid to msgstr, without the header and untranslated or fuzzy entries. */
export function readPo(text) {
  const found = new Map();
  let id = '';
  let words = '';
  let into = '';
  let fuzzy = false;
  const keep = () => {
    if (id && words && !fuzzy) found.set(id, words);
    [id, words, into, fuzzy] = ['', '', '', false];
  };
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('#,')) {
      if (into) keep();
      fuzzy = line.includes('fuzzy');
    } else if (line.startsWith('#')) {
      continue;
    } else if (line.startsWith('msgid ')) {
      const flagged = fuzzy && !into;
      if (into) keep();
      fuzzy = flagged;
      into = 'id';
      id = unquote(line);
    } else if (line.startsWith('msgstr ')) {
      into = 'str';
      words = unquote(line);
    } else if (line.startsWith('"') && into === 'id') {
      id += unquote(line);
    } else if (line.startsWith('"') && into === 'str') {
      words += unquote(line);
    }
  }
  keep();
  return found;
}
