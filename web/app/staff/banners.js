// What the lawyer must know of the line, in one place above everything: cut, slow, draining, unchecked, silent, paused.
import { hour, t, until } from '../i18n.js';

const REASONS = {
  missed_offers: () => t('连续错过派单，系统已暂停为您派单。准备好后请重新「上岗」。'),
  connection_lost: () => t('连接中断过久，系统已将您置为离岗。'),
};

/** [{level, text, act?, number?}] in the order of weight; `act` names a button: "login", "retry", "sound", "go" (to a talk), "callbacks",
 *  "suggestions", "read". `reminders` are [number, due_at], `callbacks` tickets and `suggestions` reviews, soonest first; `owed` numbers of
 *  delays to explain, `replies` [number, text] about talks passed on. */
export function banners({ state, refused, stale, checkedAt, duty, reason, silent, reminders = [], callbacks = [], owed = [], replies = [], suggestions = [] }) {
  if (refused) return [{ level: 'danger', text: refused.message || t('登录已失效，请重新登录。'), act: 'login' }];
  const found = [];
  const line = {
    connecting: checkedAt && { level: 'warn', text: t('连接中断，正在重连。未发出的内容已保存。') },
    offline: checkedAt
      ? { level: 'danger', text: t('连接已断开，用户暂时收不到您的消息。写下的内容都已保存，恢复后自动发出。'), act: 'retry' }
      : { level: 'danger', text: t('无法连接服务器，正在重试。'), act: 'retry' },
    lagging: { level: 'warn', text: t('连接缓慢，屏幕上的内容可能落后。') },
    draining: { level: 'warn', text: t('服务器正在更新，连接会自动恢复。') },
  }[state];
  if (line) found.push(line);
  else if (stale) found.push({ level: 'warn', text: t('连接落后：上次与服务器核对是 {at}。', { at: hour(checkedAt) }), act: 'retry' });
  if (reason && duty?.status !== 'on') found.push({ level: 'warn', text: REASONS[reason]?.() ?? reason });
  if (silent && duty?.status === 'on') found.push({ level: 'warn', text: t('浏览器还没有允许声音，您会听不到派单。'), act: 'sound' });
  for (const number of owed) found.push({ level: 'danger', text: t('咨询 {number} 已超时，须由您向用户说明原因（第二十三条）', { number }), act: 'explain', number });
  for (const [number, due] of reminders) found.push({ level: 'warn', text: t('时限提醒：咨询 {number} 应于 {at} 前办理', { number, at: until(due) }), act: 'go', number });
  for (const [number, text] of replies) found.push({ level: 'info', text: t('后台回复（咨询 {number}，已转出）：{text}', { number, text }), act: 'read', number });
  const next = callbacks[0] && (callbacks[0].callback.at ?? callbacks[0].callback_due_at);
  if (next) found.push({ level: 'info', text: t('待回访 {n} 件，最早 {at}', { n: callbacks.length, at: until(next) }), act: 'callbacks' });
  const [first] = suggestions;
  if (first) found.push({ level: 'info', text: t('专家对您的解答提出建议 {n} 条，请在 {at} 前处理', { n: suggestions.length, at: until(first.due_at) }), act: 'suggestions' });
  return found;
}
