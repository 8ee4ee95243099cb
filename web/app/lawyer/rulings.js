// 判断口径 (31, 36): how the panel rules at the borders of an article, beside the form that refuses or passes on by it.
import { html } from 'lit';
import { moment, t } from '../i18n.js';

/** Fetches them for a sheet; without them its form works all the same. */
export const fetchRulings = (sheet) => sheet.desk.all('/rulings').then((items) => { sheet.rulings = items; }, () => {});

/** Those in force at the borders of this article, the newest first. */
export const inForce = (items, article) => (items ?? []).filter((one) => one.article === article && !one.superseded_by);

export function rulings(items, article) {
  const found = inForce(items, article);
  if (!found.length) return '';
  return html`<details class="rulings internal"><summary>${t('判断口径（{n} 条，仅内部可见）', { n: found.length })}</summary>
    <ul>${found.map(({ title, ruling, reason, by, since }) => html`<li><b lang="zh">${title}</b>
      <p class="kept" lang="zh">${ruling}</p>
      <p class="kept small soft" lang="zh">${reason}</p>
      <p class="small soft">${t('专家 {no}', { no: by })} · ${moment(since)}</p></li>`)}</ul>
    <p><a href="/rulings?article=${article}" target="_blank" rel="noopener">${t('全部口径')}</a></p></details>`;
}
