// The names of the kinds of questions. The built-in ones are known here; what the service adds comes from the server.
import { t } from '../i18n.js';

const BUILT_IN = {
  labour: () => t('劳动人事'), housing: () => t('房屋住房'), family: () => t('婚姻家庭'), inheritance: () => t('继承'),
  contract: () => t('合同借贷'), consumer: () => t('消费维权'), traffic: () => t('交通事故'), injury: () => t('人身损害'),
  property: () => t('物权物业'), criminal: () => t('刑事'), administrative: () => t('行政'), other: () => t('其他'),
};
const told = new Map();

/** Takes the server's list; without it the built-in names stand. */
export function learn(items) {
  for (const { id, title } of items) told.set(id, title);
}

export const category = (id) => BUILT_IN[id]?.() ?? told.get(id) ?? id;

/** Every kind that is known, as {id, title}. */
export const categories = () => [...new Set([...Object.keys(BUILT_IN), ...told.keys()])].map((id) => ({ id, title: category(id) }));
