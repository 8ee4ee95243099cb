// 转交: to the queue, to another kind of question, or to a colleague. The number stays, and so does everything said.
import { html } from 'lit';
import { t } from '../i18n.js';
import { categories } from '../staff/categories.js';
import { DeedSheet } from './deed-sheet.js';
import { PASSED_ON } from './notice-words.js';

export class TransferSheet extends DeedSheet {
  get title_() {
    return t('转交');
  }

  get verb() {
    return t('转交');
  }

  fresh() {
    return { to: 'queue', category: this.ticket.category, staff_no: '', note: '' };
  }

  send() {
    const { number, desk, values: { to, category } } = this;
    const staffNo = this.values.staff_no.trim().toUpperCase();
    const note = this.values.note.trim();
    if (to === 'staff_no' && !staffNo) return this.miss('staff_no', t('请填写对方的编号。'));
    const target = { queue: { queue: true }, category: { category }, staff_no: { staff_no: staffNo } }[to];
    desk.passing.add(number);
    this.deed(() => desk.deed('ticket:transfer', { number, to: target, ...(note && { note }) })
      .catch((error) => { desk.passing.delete(number); throw error; }));
  }

  fields() {
    const { to, category } = this.values;
    return html`${this.choice('to', t('转到'), [['queue', t('排队'), t('由下一位空闲的同事接单')], ['category', t('其他类别')], ['staff_no', t('指定的同事'), t('须在岗')]])}
      ${to === 'category' ? html`<div class="field"><label for="transfer-category">${t('类别')}</label>
        <select id="transfer-category" name="category" @change=${({ target }) => this.keep({ category: target.value })}>${categories().map(({ id, title }) =>
          html`<option value=${id} ?selected=${id === category}>${title}</option>`)}</select></div>` : ''}
      ${to === 'staff_no' ? this.text('staff_no', t('同事的编号'), { rows: 1, max: 20 }) : ''}
      ${this.text('note', t('给接手同事的内部备注（可不填）'), { max: 4_000 })}
      ${this.shows(PASSED_ON)}`;
  }
}
customElements.define('transfer-sheet', TransferSheet);
