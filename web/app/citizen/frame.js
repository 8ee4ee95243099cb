// The two sides of the widget speak through postMessage, each to one exact origin only. What leaves the frame is a number of
// unread lines and the wish to be folded away; never a word of the talk.

export class Frame {
  #page = null; // the origin of the page around us, known once its loader has spoken
  #unread = 0;

  constructor(desk) {
    addEventListener('message', ({ source, origin, data }) => {
      if (source !== window.parent || window.parent === window) return;
      if (data !== 'consult:opened' && data !== 'consult:closed') return;
      this.#page = origin;
      desk.looking = data === 'consult:opened';
      desk.changed();
      this.#send({ consult: 'unread', count: this.#unread });
    });
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && !event.isComposing && !event.defaultPrevented && !document.querySelector('dialog[open]')) {
        this.#send({ consult: 'close' });
      }
    });
  }

  tell(unread) {
    if (unread === this.#unread) return;
    this.#unread = unread;
    this.#send({ consult: 'unread', count: unread });
  }

  #send(message) {
    if (this.#page) window.parent.postMessage(message, this.#page);
  }
}

/** Telephones lay their keyboard over the page; the part of it that can be seen is told to the style sheet. */
export function keepAboveKeyboard() {
  const seen = globalThis.visualViewport;
  if (!seen) return;
  const fit = () => {
    if (seen.scale > 1.05) return; // somebody magnifies: leave the page alone
    document.documentElement.style.setProperty('--seen', `${Math.round(seen.height)}px`);
    if (getComputedStyle(document.body).overflowY === 'hidden') window.scrollTo(0, 0);
  };
  seen.addEventListener('resize', fit);
  fit();
}
