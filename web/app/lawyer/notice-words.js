// What the service will say to the citizen for a lawyer, word for word, so that it can be read before it is said. The words are
// the server's (rules/notices.py, rules/refusing.py); a test holds the two together.

export const REFUSAL = {
  out_of_scope: `您咨询的事项不属于本网业务范围（第二十八条）。请向有关机关咨询：`,
  in_litigation: `正在诉讼、仲裁或办理中的案件，网上不予解答（第三十一条）。请向承办机关询问，或拨打 12348 申请法律援助。上诉、答辩、举证等期限可能很短，请立即确认。与这个案件无关的问题，您仍可以另行提出。`,
  repeated: `您就同一问题已得到解答，不再重复解答（第二十九条）。有新情况的，请在新的咨询中说明。`,
  abuse: `经核实，本次咨询不属于真实的法律服务需求，在网上不予解答（第二十九条）。`,
};
export const UNPROVEN = `工作人员认为您就同一问题反复咨询，本次不予解答（第二十九条）。系统没有找到您此前得到的解答，已请值班人员复核。有新情况的，请在新的咨询中说明。`;
export const MAY_APPEAL = `您如有异议，可以申诉，由值班人员复核。`;
export const OFFLINE = `如果您希望在线下委托律师或办理公证等事务，请在本网机构名录中查找，或拨打 12348、到各区公共法律服务中心了解机构与人员的信息，自行选择。工作人员不会向您收费，也不会与您私下约定。`;
export const QUESTION_ASKED = `律师需要您补充情况后才能解答。答复计时已暂停，收到您的回复后继续。`;
export const PASSED_ON = `您的咨询已转由其他工作人员处理，编号不变，已有内容全部保留。`;
const LINES = { who: `请咨询`, where: `地址`, phone: `电话`, hours: `时间`, url: `网址`, map: `地图` };

/** The referral card as lines of text. */
export const card = (values) => Object.entries(LINES).filter(([name]) => values[name]).map(([name, title]) => `${title}：${values[name]}`).join('\n');

/** The whole notice of a refusal; of a repeat, `earlier` is the number, and what stands in brackets the server fills in. */
export const refusal = (ground, values, note, earlier) => {
  const again = ground === 'repeated';
  return [REFUSAL[ground], again && `此前的咨询：${earlier || `（编号）`}`, ground === 'out_of_scope' && card(values), note, MAY_APPEAL,
    again && `此前的解答：\n（原文）`].filter(Boolean).join('\n');
};

/** What is said of a repeat for which no earlier answer is found. */
export const unproven = (note) => [UNPROVEN, note, MAY_APPEAL].filter(Boolean).join('\n');

/** The whole notice of an answer by appointment; `at` as beijing.js writes it. */
export const promise = (explanation, at) => `${explanation}\n律师将于 ${at} 前答复您。`;
