// Case numbers in what a citizen writes (31): the same search as the server's own (rules/asking.py), which asks the citizen at
// the opening only. Later on the lawyer is told.

const CASE = /[(（[〔]\s*(?:19|20)\d{2}\s*[)）\]〕]\s*([\u4e00-\u7b2b\u7b2d-\u9fff]{0,12}\d{0,6}[\u4e00-\u7b2b\u7b2d-\u9fff]{0,8})(?:第\s*)?\d{1,6}\s*(?:之[一二三四五六七八九十]+)?\s*号/g;
const OF_A_CASE = /[仲裁复诉刑检]/;

/** Whether a text names a case. 〔2020〕25号 is as often a document; then what stands before it tells. */
export const namesCase = (text) => [...text.matchAll(CASE)].some(
  ({ 1: court, index }) => /\p{L}/u.test(court) || OF_A_CASE.test(text.slice(Math.max(0, index - 10), index)));
