// Private contacts in a text to a citizen: they go through the platform (22). The same search as the server's own
// (rules/contacts.py; tests/contacts.json holds the two together); land lines are warned of here and not refused there. It warns
// before sending, for a warning afterwards comes too late.
import { html } from 'lit';
import { t } from '../i18n.js';

const GAP = '[\\s.·_\\u2010-\\u2015-]';
const NUMERALS = `〇零一二三四五六七八九幺`;
const ABROAD = /(?<!\d)(?:\+|00)?86[)\s-]{0,4}(?=1[3-9])/g;
const UNSEEN = /[\u00ad\u200b-\u200f\u2060\ufeff]/g;
const MOBILE = new RegExp(`(?<!\\d)1[3-9]\\d${GAP}{0,2}\\d{4}${GAP}{0,2}\\d{4}(?!\\d)`, 'g');
const GROUPED = new RegExp(`(?<!\\d)(?<!\\d${GAP})1(?:${GAP}{0,3}\\d){10}(?!${GAP}?\\d)`, 'g');
const SPELT = new RegExp(`[1一幺]${GAP}{0,3}[3-9三四五六七八九](?:${GAP}{0,3}[0-9${NUMERALS}]){9}`, 'g');
const LAND = /(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)/g;
const MAIL = /[\w.+-]{1,64}\s{0,2}@\s{0,2}[\w-]{1,63}\s{0,2}\.\s{0,2}[a-z]{2,}/g;
const ACCOUNT = new RegExp([
  /(?:[微薇威维v]\s{0,3}信|v\s{0,3}x|we\s{0,3}chat|weixin|加\s{0,3}v|q\s{0,3}q|扣\s{0,3}扣|企鹅)/,
  /\s{0,3}(?:号码?|账号|id)?\s{0,3}[是为]?\s{0,3}[:：]?\s{0,3}(?!wechat|weixin)(?:[\w-]{5,20}|\d(?:[\s-]?\d){4,19})/,
].map(({ source }) => source).join(''), 'g');
const LINKS = /u\.wechat\.com|weixin:\/\/|wxid_|qm\.qq\.com|wpa\.qq\.com/g;

/** Eleven digits in groups, as a telephone number is written and amounts and lists are not. */
function isGrouped(number) {
  const groups = number.split(new RegExp(`${GAP}+`));
  const gaps = new Set([...number.matchAll(new RegExp(`${GAP}+`, 'g'))].map(([gap]) => gap.trim()));
  if (gaps.size > 1 || !/[3-9]/.test(groups.join('')[1])) return false;
  const thousands = groups.length > 2 && groups.slice(1).every((group) => group.length === 3);
  return groups.length === 11 || (groups.length <= 4 && !thousands);
}

const plain = (text) => text.normalize('NFKC').replace(UNSEEN, '').toLowerCase().replace(ABROAD, '');

/** Telephones, WeChat, QQ and e-mail addresses in a text, as they read. */
export function contacts(text) {
  const read = plain(text);
  const all = (form) => read.match(form) ?? [];
  return [...new Set([...all(MOBILE), ...all(GROUPED).filter(isGrouped), ...all(SPELT).filter((one) => /[^\x00-\x7f]/.test(one)),
    ...all(LAND), ...all(MAIL), ...all(ACCOUNT), ...all(LINKS)])];
}

/** One sentence that names them, or null. */
export function remark(text) {
  const found = contacts(text);
  return found.length ? t('似乎含有联系方式：{found}。线下委托须通过平台办理；私人联系方式不会发出，多次尝试将报告机构（第二十二条）。', { found: found.join(', ') }) : null;
}

/** The same as a notice that is read out when it appears. */
export function warned(text) {
  const said = remark(text);
  return html`<div role="alert">${said ? html`<p class="notice warn small">${said}</p>` : ''}</div>`;
}
