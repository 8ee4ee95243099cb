// A piece of the consultation. It lives in the page's own document, so that the one design system, labels and print reach it.
import { LitElement } from 'lit';

export class Part extends LitElement {
  static properties = { desk: { attribute: false } };

  createRenderRoot() {
    return this;
  }

  connectedCallback() {
    super.connectedCallback();
    this.desk?.addEventListener('change', this.#again);
  }

  disconnectedCallback() {
    this.desk?.removeEventListener('change', this.#again);
    super.disconnectedCallback();
  }

  #again = () => this.requestUpdate();

  /** Asks the whole consultation to show something else: 'ask', 'list', 'declined' or a ticket's number. */
  go(where) {
    this.dispatchEvent(new CustomEvent('go', { detail: where, bubbles: true }));
  }

  /** Puts the reader at the start of what has just appeared. */
  focusOn(selector) {
    this.updateComplete.then(() => this.querySelector(selector)?.focus());
  }
}
