// The parts that move by themselves each second: the statutory clock and the ring of an offer. One timer for all of them.
import { html, LitElement, svg } from 'lit';
import { reading, words } from './clock.js';
import { t } from '../i18n.js';

const shown = new Set();
let timer = null;

class Ticking extends LitElement {
  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    shown.add(this);
    timer ??= setInterval(() => shown.forEach((one) => one.requestUpdate()), 1_000);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    shown.delete(this);
    if (!shown.size) timer = clearInterval(timer) ?? null;
  }
}

const SIGNS = { ok: '●', warn: '▲', late: '■', held: '‖', done: '✓', none: '' };

/** <statutory-clock>: a sign, a colour and words, for colour alone says nothing. */
export class StatutoryClock extends Ticking {
  static properties = {
    ticket: { attribute: false }, time: { attribute: false }, begun: { attribute: false },
    warned: { type: Boolean }, brief: { type: Boolean },
  };

  render() {
    const state = reading(this.ticket, this.time.now(), { begun: this.begun, warned: this.warned });
    const { short, long } = words(this.ticket, state);
    const text = this.brief ? short : long;
    return text ? html`<span class="clock ${state.level}"><span aria-hidden="true">${SIGNS[state.level]}</span> ${text}</span>` : '';
  }
}
customElements.define('statutory-clock', StatutoryClock);

const ROUND = 2 * Math.PI * 20;

/** <count-ring>: how long an offer still stands. Says "over" once when nothing remains. */
export class CountRing extends Ticking {
  static properties = { offer: { attribute: false }, time: { attribute: false } };

  get left() {
    return Math.max(0, new Date(this.offer.expires_at).getTime() - this.time.now());
  }

  updated() {
    if (this.left > 0 || this.over === this.offer) return;
    this.over = this.offer;
    this.dispatchEvent(new CustomEvent('over'));
  }

  render() {
    const share = Math.min(1, this.left / this.offer.whole);
    const seconds = Math.ceil(this.left / 1_000);
    return html`<span class="ring ${share < 0.34 ? 'short' : ''}" role="timer" aria-label=${t('还剩 {s} 秒', { s: seconds })}>
      <svg viewBox="0 0 48 48" aria-hidden="true">${svg`
        <circle class="track" cx="24" cy="24" r="20"></circle>
        <circle class="rest" cx="24" cy="24" r="20" transform="rotate(-90 24 24)"
          stroke-dasharray="${ROUND}" stroke-dashoffset="${ROUND * (1 - share)}"></circle>`}</svg>
      <b aria-hidden="true">${seconds}</b></span>`;
  }
}
customElements.define('count-ring', CountRing);
