// The lines of a refusal that point the way (28): who, where, telephone, hours, link, map. Pure. Only a telephone number and an
// address of the web become links, and the number of an earlier talk of one's own; whatever else somebody wrote there stays text.

const LINE = /^(请咨询|地址|电话|时间|网址|地图|此前的咨询)：(.+)$/;
const NUMBER = /^[A-Z]{1,8}\d{8}-\d{6}-[\dX]$/;
/** What follows, to the end, are the words of an earlier answer (29). */
const ANSWER = `\n此前的解答：\n`;
const PHONE = /\+?\d[\d\s()-]*\d/g;

const DECISION = /^(您的申诉成立|经复核，维持原处理)：/;

/** Whether this notice tells what became of an appeal. */
export const isDecision = (body) => DECISION.test(body);

/** {text: [line], facts: [{label, parts: [{text, href?}]}], answer} of a notice's body; `answer` is an earlier one, or null. */
export function referral(whole) {
  const end = whole.indexOf(ANSWER);
  const [body, answer] = end < 0 ? [whole, null] : [whole.slice(0, end), whole.slice(end + ANSWER.length)];
  const text = [];
  const facts = [];
  for (const line of body.split('\n')) {
    const found = LINE.exec(line.trim());
    if (found) facts.push({ label: found[1], parts: linked(found[1], found[2].trim()) });
    else if (line.trim()) text.push(line);
  }
  return { text, facts, answer };
}

function linked(label, value) {
  if (label === '电话') return phones(value);
  const href = ['网址', '地图'].includes(label) ? web(value) : label === '此前的咨询' && NUMBER.test(value) ? `#${value}` : null;
  return [href ? { text: value, href } : { text: value }];
}

function phones(value) {
  const parts = [];
  let from = 0;
  for (const found of value.matchAll(PHONE)) {
    if (found.index > from) parts.push({ text: value.slice(from, found.index) });
    parts.push({ text: found[0], href: `tel:${found[0].replace(/[^\d+]/g, '')}` });
    from = found.index + found[0].length;
  }
  if (from < value.length) parts.push({ text: value.slice(from) });
  return parts;
}

/** The address, if it is one of the web: no javascript:, data: or other scheme becomes a link. */
export function web(value) {
  try {
    const { protocol, href } = new URL(value);
    return ['http:', 'https:'].includes(protocol) ? href : null;
  } catch {
    return null;
  }
}
