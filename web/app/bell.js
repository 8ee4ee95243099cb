// Sounds, made here and not loaded: a two-tone ring that repeats until somebody answers, and a soft tap for a new line.
// Browsers allow sound only after a gesture; until then `silent` is true and the console says so.

const EVERY = 2_600;

export class Bell {
  #context = null;
  #timer = null;
  muted = false; // the small taps only; the ring of an offer always sounds

  constructor({ Context = globalThis.AudioContext, timers = globalThis } = {}) {
    Object.assign(this, { Context, timers });
  }

  get silent() {
    return this.#context?.state !== 'running';
  }

  /** Call it from a click or a key: only then may it sound. Gives whether it does. */
  async enable() {
    if (!this.Context) return false;
    this.#context ??= new this.Context();
    if (this.#context.state !== 'running') await this.#context.resume().catch(() => {});
    return !this.silent;
  }

  /** Rings until stop(). */
  ring() {
    if (this.#timer !== null) return;
    this.chime();
    this.#timer = this.timers.setInterval(() => this.chime(), EVERY);
  }

  stop() {
    this.timers.clearInterval(this.#timer);
    this.#timer = null;
  }

  get ringing() {
    return this.#timer !== null;
  }

  chime() {
    for (const [tone, at] of [[659.3, 0], [880, 0.22], [659.3, 0.55], [880, 0.77]]) this.#tone(tone, at, 0.32, 0.22);
  }

  /** A deadline comes near: three falling tones, unlike an offer and unlike a line. It sounds even when taps are off. */
  remind() {
    for (const [tone, at] of [[784, 0], [659.3, 0.25], [523.3, 0.5]]) this.#tone(tone, at, 0.3, 0.18);
  }

  tap() {
    if (!this.muted) this.#tone(523.3, 0, 0.18, 0.09);
  }

  #tone(frequency, after, lasts, volume) {
    if (this.silent) return;
    const at = this.#context.currentTime + after;
    const [tone, gain] = [this.#context.createOscillator(), this.#context.createGain()];
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(volume, at + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, at + lasts);
    tone.connect(gain).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + lasts);
  }
}
