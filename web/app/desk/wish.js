/** Something that a person of this browser wants or does not want; not, unless said. */
export class Wish {
  constructor(key) {
    this.key = key;
    try { this.on = localStorage.getItem(key) === 'on'; } catch { this.on = false; }
  }

  set(on) {
    this.on = on;
    try { localStorage.setItem(this.key, on ? 'on' : 'off'); } catch { /* only a preference */ }
  }
}
