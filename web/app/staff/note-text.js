// What an internal note says: people's own words as they are, the service's fixed sentences in the reader's language.
import { t } from '../i18n.js';

const OURS = new Set(['律师提请由专家直接答复', '已超过答复时限', '情况紧急，来不及经由律师答复', '联系不上承办律师', '原解答有误，须直接更正', '用户希望由专家答复']);

export const noteText = ({ about, body }) => (about === 'direct' && OURS.has(body) ? t(body) : body);
