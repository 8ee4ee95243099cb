// The frame of an answer (21: accurate, complete, concise): an aid that may be left at any time. Pure.
import { t } from '../i18n.js';
import { remark } from './contacts.js';

export const LIMIT = 10_000; // code points of one body, as the server counts

/** The parts in their order: {id, title, hint}. */
export const parts = () => [
  { id: 'facts', title: t('我理解的事实'), hint: t('用一两句话复述，便于用户核对') },
  { id: 'law', title: t('适用的法律'), hint: t('法律名称和条文序号') },
  { id: 'analysis', title: t('分析'), hint: t('结论在前，理由在后') },
  { id: 'steps', title: t('怎么做、何时前'), hint: t('具体步骤、材料和期限') },
  { id: 'risk', title: t('风险与不确定之处'), hint: t('可能的不利情形，尚缺的事实') },
];

/** The parts that were filled in, under their headings. */
export function join(values) {
  return parts()
    .map(({ id, title }) => [title, values[id]?.trim()])
    .filter(([, text]) => text)
    .map(([title, text]) => `【${title}】\n${text}`)
    .join('\n\n');
}

/** The reverse: text under known headings goes back to its part, anything before them to the analysis. */
export function split(text) {
  const titles = new Map(parts().map(({ id, title }) => [title, id]));
  const values = {};
  let into = 'analysis';
  for (const line of text.split('\n')) {
    const heading = /^【(.+)】$/.exec(line.trim());
    if (heading && titles.has(heading[1])) into = titles.get(heading[1]);
    else values[into] = values[into] === undefined ? line : `${values[into]}\n${line}`;
  }
  return Object.fromEntries(Object.entries(values).map(([id, words]) => [id, words.trim()]).filter(([, words]) => words));
}

/** The one text that a draft {framed, free, parts} amounts to. */
export const textOf = ({ framed, free, parts: values }) => (framed ? join(values) : free).trim();

/** A text as a draft again: in the frame when it has the frame's headings. */
export function draftOf(text) {
  const values = split(text);
  const framed = parts().some(({ title }) => text.includes(`【${title}】\n`));
  return { framed, free: framed ? '' : text, parts: framed ? values : {} };
}

export const length = (text) => [...text].length;

const PROMISES = /保证胜诉|包赢|必胜|一定能?(?:胜诉|赢|打赢)|百分之百|100\s*%/;

/** What a careful colleague would say before it goes out; none of it forbids sending. */
export function remarks(text) {
  const found = [];
  if (length(text) < 30) found.push(t('内容很短。请确认用户能据此知道下一步怎么做。'));
  if (PROMISES.test(text)) found.push(t('含有对结果的承诺。解答应当客观，不作保证（第二十一条）。'));
  if (remark(text)) found.push(remark(text));
  return found;
}
