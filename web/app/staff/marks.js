// How a part of an answer was found (21).
import { t } from '../i18n.js';

const MARKS = { met: () => t('达到'), partly: () => t('部分达到'), not: () => t('未达到') };

export const MARK_IDS = Object.keys(MARKS);
export const markWord = (id) => MARKS[id]();
