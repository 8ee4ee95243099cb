// 不予解答 (28, 29, 31): why, whom to turn to instead, and exactly what the citizen will read.
import { html } from 'lit';
import { t } from '../i18n.js';
import { DeedSheet } from './deed-sheet.js';
import { anew } from '../staff/asked-anew.js';
import { refusal, unproven } from './notice-words.js';
import { fetchRulings, rulings } from './rulings.js';

const ARTICLES = { out_of_scope: 28, in_litigation: 31, repeated: 29, abuse: 29 };
const CARD = ['who', 'where', 'phone', 'hours', 'url', 'map'];

export class RefuseSheet extends DeedSheet {
  static properties = { ...DeedSheet.properties, cards: { state: true }, rulings: { state: true } };

  grave = true;

  /** With the cards that the operators keep; without them the lawyer writes one. */
  async ask(number, detail) {
    this.cards ??= [];
    this.desk.all('/referral-cards').then((items) => { this.cards = items; }, () => {});
    fetchRulings(this);
    await super.ask(number, detail);
  }

  get title_() {
    return t('不予解答');
  }

  get verb() {
    return this.values.ground === 'abuse' ? t('提请处理') : t('确认，不予解答');
  }

  fresh() {
    return { ground: '', note: '', earlier: '', ...Object.fromEntries(CARD.map((name) => [name, ''])) };
  }

  get #card() {
    return Object.fromEntries(CARD.map((name) => [name, this.values[name].trim()]).filter(([, value]) => value));
  }

  send() {
    const { number, values: { ground } } = this;
    const [card, note, earlier] = [this.#card, this.values.note.trim(), this.values.earlier.trim()];
    if (!ground) return this.miss('ground', t('请选择理由。'));
    if (ground === 'out_of_scope' && !card.who) return this.miss('who', t('请写明用户可以向哪里咨询。'));
    const bad = ground === 'out_of_scope' && ['url', 'map'].find((name) => card[name] && !/^https?:\/\/\S+$/.test(card[name]));
    if (bad) return this.miss(bad, t('网址以 http:// 或 https:// 开头。'));
    if (ground === 'abuse' && !note) return this.miss('note', t('请写明事实，供值班运营决定。'));
    if (ground === 'repeated' && this.#anew) return this.miss('ground', this.#anew);
    const payload = { number, ground, ...(ground === 'repeated' && earlier && { earlier }), ...(ground === 'out_of_scope' && { refer_to: card }), ...(note && { note }) };
    this.deed(() => this.desk.deed('ticket:refuse', payload), ground === 'abuse' ? t('已提请值班运营决定；在此之前咨询照常进行') : t('已告知用户'));
  }

  /** Not understood: explained once more, and then a repeat; the server knows whether it has been. */
  get #unclear() {
    return this.ticket?.earlier?.because === 'not_understood';
  }

  /** Why this question is none that was answered, or null. */
  get #anew() {
    const because = anew(this.ticket);
    return because && !this.#unclear && t('用户提问时说明：{because}。不能作为重复咨询。', { because });
  }

  #repeat() {
    if (this.#anew) return html`<p class="notice warn">${this.#anew}</p>`;
    return html`${this.#unclear ? html`<p class="notice warn">${t('用户提问时说明没看懂：应当再解释一次。已经再解释过的，才能作为重复咨询。')}</p>` : ''}
      ${this.text('earlier', t('此前的咨询编号（可不填，由系统查找）'), { rows: 1, max: 40 })}`;
  }

  #shown(ground, note) {
    if (ground !== 'repeated') return this.shows(refusal(ground, this.#card, note));
    if (this.#anew) return '';
    return html`${this.shows(refusal(ground, {}, note, this.values.earlier.trim()))}
      ${this.values.earlier.trim() ? '' : this.shows(unproven(note), t('找不到此前的解答时，用户将看到（并交值班运营复核）'))}`;
  }

  /** Those for the question's own category, then those for all. */
  get #ready() {
    return this.cards.filter(({ categories }) => !categories.length || categories.includes(this.ticket?.category));
  }

  #fields() {
    return html`<fieldset class="field deeds-card"><legend>${t('办事指引')}</legend>
      <div class="cluster deeds-usual">${this.#ready.map((card) => html`<button class="btn" type="button" lang="zh"
        @click=${() => this.keep(Object.fromEntries(CARD.map((name) => [name, card[name] ?? ''])))}>${card.who}</button>`)}</div>
      ${this.text('who', t('向哪里咨询'), { rows: 1, max: 200 })}
      ${this.text('where', t('地址（可不填）'), { rows: 1, max: 500 })}
      ${this.text('phone', t('电话（可不填）'), { rows: 1, max: 100 })}
      ${this.text('hours', t('时间（可不填）'), { rows: 1, max: 200 })}
      ${this.text('url', t('网址（可不填）'), { rows: 1, max: 500 })}
      ${this.text('map', t('地图链接（可不填）'), { rows: 1, max: 500 })}</fieldset>`;
  }

  fields() {
    const { ground, note } = this.values;
    const abuse = ground === 'abuse';
    const grounds = [
      ['out_of_scope', t('不属受理范围'), t('第二十八条')], ['in_litigation', t('已在诉讼或办理中'), t('第三十一条')],
      ['repeated', t('重复咨询'), t('第二十九条')], ['abuse', t('不当使用（提请处理）'), t('第二十九条')]];
    // Who is owed a call-back (24) is advised again, whatever else may be thought of the question.
    const owed = ['open', 'begun'].includes(this.ticket?.callback?.state);
    return html`${owed ? html`<p class="notice">${t('用户不满意，回访尚未完成，不能不予解答（第二十四条）。请再次解答：可以说明理由和可以求助的机关。')}</p>` : ''}
      ${this.choice('ground', t('理由'), owed ? grounds.slice(3) : grounds)}
      ${ground ? rulings(this.rulings, ARTICLES[ground]) : ''}
      ${ground === 'out_of_scope' ? this.#fields() : ground === 'repeated' ? this.#repeat() : ''}
      ${!ground ? '' : abuse ? this.text('note', t('事实（仅内部可见）'))
        : this.text('note', t('补充说明（用户可见，可不填）'), { rows: 2, said: true })}
      ${!ground ? '' : abuse
        ? html`<p class="notice">${t('用户现在看不到任何变化。由值班运营复核决定；维持时用户才会被告知，并可申诉。')}</p>${this.shows(refusal(ground), t('维持时用户将看到（另附决定的理由）'))}`
        : this.#shown(ground, note.trim())}`;
  }
}
customElements.define('refuse-sheet', RefuseSheet);
