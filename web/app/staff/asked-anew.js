// What a citizen said of an earlier answer when asking again (29).
import { t } from '../i18n.js';

const words = { new_facts: () => t('有新情况'), not_understood: () => t('没看懂'), not_satisfied: () => t('不满意') };

/** Why the question was asked again, in words, or null; "the same" is no reason. */
export const anew = (ticket) => words[ticket?.earlier?.because]?.() ?? null;
