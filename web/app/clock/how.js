// The way to "how this deadline is counted" (Art. 23). The code behind it and the steps come only when somebody asks.
import { html, LitElement, nothing } from 'lit';

class ClockHow extends LitElement {
  static properties = {
    desk: { attribute: false }, number: {}, load: { attribute: false }, label: {}, open: { state: true }, steps: { state: true },
  };

  createRenderRoot() {
    return this;
  }

  willUpdate(changed) {
    if (changed.has('number')) this.open = false;
  }

  async #turn() {
    this.open = !this.open;
    this.steps ??= await import('./steps.js').then(({ ready }) => ready, () => null);
  }

  #pressed(event) {
    if (event.key !== 'Escape' || !this.open) return;
    event.preventDefault(); // in the widget's frame it would fold the whole talk away
    event.stopPropagation();
    this.open = false;
    this.querySelector('button').focus();
  }

  render() {
    const { open, desk, number, load, label } = this;
    return html`<button class="btn quiet how" aria-expanded=${Boolean(open)} @click=${this.#turn} @keydown=${this.#pressed}>${label}</button>
      ${open && this.steps ? html`<clock-steps role="region" tabindex="0" aria-label=${label} @keydown=${this.#pressed}
        .desk=${desk} .number=${number} .load=${load}></clock-steps>` : nothing}`;
  }
}
customElements.define('clock-how', ClockHow);
