// The service's own fixed sentences are kept in the record as they were said, in Chinese; who reads English is told what they mean.
import { lang, t } from '../i18n.js';

const KNOWN = [
  '法律咨询意见仅供参考。因采纳法律咨询意见产生法律纠纷或者造成损失的，北京法网、驻场机构和驻场人员不承担因此产生的法律责任。',
  '本次咨询已结束。您随时可以提出新的咨询。',
  '您已撤回本次咨询。',
  '因较长时间没有新的消息，本次咨询已结束。您随时可以提出新的咨询。',
  '请对本次咨询作出评价：满意或不满意。您的评价有助于改进服务。',
  '律师的连接中断，正在等待恢复。您的咨询和顺序会保留。',
  '律师未能恢复连接，您的咨询已排到队首，正在为您安排其他律师。已有内容全部保留。',
  '如果没有新的消息，本次咨询将于 {a} 结束。',
  '{a} 号工作人员已接续您的咨询，您无需重复说明情况。',
  '您的咨询已转由其他工作人员处理，编号不变，已有内容全部保留。',
  '律师需要您补充情况后才能解答。答复计时已暂停，收到您的回复后继续。',
  '律师将于 {a} 前答复您。',
  '如果您希望在线下委托律师或办理公证等事务，请通过本网的机构与人员名录了解并自行选择。工作人员不会向您收费，也不会与您私下约定。',
  '专家组成员已加入，为您直接解答。',
  '此前的解答已更正。原因：{a}',
  '很抱歉没有让您满意。我们将在 {a} 前回访，再次为您解答。您可以选择时间和由谁回访。',
  '现在回访您的咨询，再次为您解答。',
  '很抱歉，未能在一小时内为您解答。您的咨询已报专家组，正在尽快处理。',
  '很抱歉，未能在五小时内为您解答。您的咨询已报专家组，正在尽快处理。',
  '很抱歉，未能在约定的时间答复您。您的咨询已报专家组，正在尽快处理。',
  '很抱歉，未能按期回访您。您的咨询已报专家组，正在尽快处理。',
  '等待时间已较长。您可以继续等待，也可以改为留言：内容、顺序和编号都会保留，无需留在页面上。',
  '您咨询的事项不属于本网业务范围（第二十八条）。请向有关机关咨询：',
  '正在诉讼、仲裁或办理中的案件，网上不予解答（第三十一条）。请向承办机关询问，或拨打 12348 申请法律援助。上诉、答辩、举证等期限可能很短，请立即确认。',
  '您就同一问题已得到解答，不再重复解答（第二十九条）。有新情况的，请在新的咨询中说明。',
  '经核实，本次咨询不属于真实的法律服务需求，在网上不予解答（第二十九条）。',
  '您如有异议，可以申诉，由值班人员复核。',
].map((text) => [new RegExp(`^${text.replace('{a}', '(.+?)')}$`), text]);

const month = (number) => new Intl.DateTimeFormat('en-GB', { month: 'long' }).format(new Date(2000, number - 1));
const dated = (text) => text.replace(/(\d{1,2})月(\d{1,2})日/g, (all, m, d) => `${Number(d)} ${month(Number(m))}`);

function sentence(line) {
  for (const [form, text] of KNOWN) {
    const found = form.exec(line);
    if (found) return t(text, { a: found[1] && dated(found[1]) });
  }
  return line;
}

/** A notice's text in the reader's language as far as we know it, line by line. */
export const sentences = (body) => (lang() === 'en' ? body.split('\n').map(sentence).join('\n') : body);
