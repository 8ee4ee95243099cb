// Private contacts in a text to a citizen: they go through the platform (22). The same search as the server's own; public hot
// lines are none. It warns before sending, for a warning afterwards comes too late.
import { html } from 'lit';
import { t } from '../i18n.js';

const CONTACT = new RegExp([
  /(?<!\d)1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)/, /(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)/, /[\w.+-]{1,64}@[\w-]{1,63}\.[a-z]{2,}/,
  /(?:微信|vx|wechat|加v|qq)\s*(?:号)?\s*[:：]?\s*[\w-]{5,20}/,
].map(({ source }) => source).join('|'), 'gi');
const PUBLIC = ['12348', '12345', '12368', '12333', '12315', '110', '120', '119'];

/** Telephones, WeChat, QQ and e-mail addresses in a text, in their order. */
export const contacts = (text) => (text.match(CONTACT) ?? []).filter((found) => !PUBLIC.includes(found.trim()));

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
