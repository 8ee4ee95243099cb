// Words and times. A msgid is the Chinese text itself; English comes as a chunk of its own, loaded only when asked for.

import { key } from './key.js';

let english = null; // key of the msgid -> English words
let language = 'zh';

/** Sets the language ("zh" or "en") and waits until its words are there. Without them the Chinese stands.
 *  @param load gives the module of the words; an app may bring a smaller one with its own words only */
export async function speak(lang, load = () => import('words:app')) {
  language = lang === 'en' ? 'en' : 'zh';
  if (language === 'en' && !english) {
    english = await load().then((words) => words.default, () => null);
  }
}

/** Takes the words of a part that came later. Without them the Chinese stands. */
export async function learn(load) {
  if (language === 'en') english = { ...english, ...(await load().then((words) => words.default, () => null)) };
}

export const lang = () => language;

/** t("还有 {n} 条", {n: 3}): the words of the present language with the values filled in. */
export function t(msgid, values) {
  const words = (language === 'en' && english?.[key(msgid)]) || msgid;
  return values ? words.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : words;
}

// All times are those of the service's own place, wherever the telephone is.
const formats = new Map();
function format(options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) {
    const locale = language === 'en' ? 'en-GB' : 'zh-CN';
    formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: 'Asia/Shanghai', ...options }));
  }
  return formats.get(key);
}

const asDate = (time) => (time instanceof Date ? time : new Date(time));

/** "14:32" */
export const hour = (time) => format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(asDate(time));

/** "2026-11-23" in Asia/Shanghai: equal for two times of one day. */
export function dayKey(time) {
  const parts = format({ year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(asDate(time));
  const of = (type) => parts.find((part) => part.type === type).value;
  return `${of('year')}-${of('month')}-${of('day')}`;
}

/** "今天", "昨天" or "11月23日 星期一" */
export function day(time, now = new Date()) {
  const key = dayKey(time);
  if (key === dayKey(now)) return t('今天');
  if (key === dayKey(new Date(now.getTime() - 864e5))) return t('昨天');
  const year = key.slice(0, 4) === dayKey(now).slice(0, 4) ? {} : { year: 'numeric' };
  return format({ ...year, month: 'long', day: 'numeric', weekday: 'long' }).format(asDate(time));
}

/** "14:32" today, else "11月23日 14:32" */
export function moment(time, now = new Date()) {
  if (dayKey(time) === dayKey(now)) return hour(time);
  const date = format({ month: 'long', day: 'numeric' }).format(asDate(time));
  return `${date} ${hour(time)}`;
}

/** A time by which; a day's very end is that day's 24:00, as the law counts and people say, and not the next one's 00:00. */
export function until(time, now = new Date()) {
  const at = asDate(time);
  const midnight = hour(at) === '00:00' && at.getTime() % 60_000 === 0;
  return midnight ? moment(new Date(at.getTime() - 60_000), now).replace('23:59', '24:00') : moment(at, now);
}

const DIGITS = [...`零一二三四五六七八九`]; // these are no words to be translated
const TEN = `十`;

/** "第二十三条" or "Article 23" */
export function article(number) {
  if (language === 'en') return `Article ${number}`;
  const [tens, ones] = [Math.floor(number / 10), number % 10];
  return `第${tens > 1 ? DIGITS[tens] : ''}${tens ? TEN : ''}${ones || !tens ? DIGITS[ones] : ''}条`;
}
