// What the expert thinks of an answer, part by part (21): may be left alone. Its author sees sums and never a single card.
import { html } from 'lit';
import { t } from '../i18n.js';
import { parts } from '../staff/answer-frame.js';
import { MARK_IDS, markWord } from '../staff/marks.js';

/** @param scores {facts: "met", …} @param mark is called with what was chosen */
export const scorecard = (scores, mark) => html`<details class="scorecard internal"><summary>${t('逐项评价（可不填，作者只看到汇总）')}</summary>
  ${parts().map(({ id, title }) => html`<fieldset class="score"><legend class="small">${title}</legend>
    <div class="score-marks">${MARK_IDS.map((one) => html`<label><input type="radio" name="score-${id}" value=${one} .checked=${scores[id] === one}
      @change=${() => mark({ ...scores, [id]: one })}><span>${markWord(one)}</span></label>`)}</div></fieldset>`)}
</details>`;
