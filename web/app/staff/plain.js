// The base of the console's elements: no shadow root, so that the page's one design system reaches them, and redrawn whenever
// their desk changes.
import { LitElement } from 'lit';

export class Plain extends LitElement {
  static properties = { desk: { attribute: false } };

  #redraw = () => this.requestUpdate();

  createRenderRoot() {
    return this;
  }

  willUpdate(changed) {
    if (!changed.has('desk')) return;
    changed.get('desk')?.removeEventListener('change', this.#redraw);
    this.desk?.addEventListener('change', this.#redraw);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.desk?.removeEventListener('change', this.#redraw);
  }

  connectedCallback() {
    super.connectedCallback();
    this.desk?.addEventListener('change', this.#redraw);
  }

  /** Tells the console something that an element does not do by itself: {name, …}. */
  ask(name, detail) {
    this.dispatchEvent(new CustomEvent(`console-${name}`, { detail, bubbles: true }));
  }
}
