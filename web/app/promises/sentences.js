// A notice's text in the reader's language; who reads it in Chinese needs none of the English.
import { lang } from '../i18n.js';

const english = lang() === 'en' ? await import('./english.js').then((its) => its.english, () => null) : null;

export const sentences = (body) => english?.(body) ?? body;
