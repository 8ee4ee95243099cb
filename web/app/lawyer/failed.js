// Lines that the server refused: shown where they would have stood, with the reason, until they are sent again or given up.

export class Failed {
  #kept = new Map(); // number -> [{id, body, event, message}]

  of(number) {
    return this.#kept.get(number) ?? [];
  }

  add(number, { id, body }, event, error) {
    this.#kept.set(number, [...this.of(number), { id, body, event, message: error.message }]);
  }

  remove(number, failure) {
    this.#kept.set(number, this.of(number).filter((one) => one !== failure));
  }

  drop(number) {
    this.#kept.delete(number);
  }
}
