/** True while an input method builds a word: its Enter and Escape are not for us. */
export const composing = (event) => event.isComposing || event.keyCode === 229;
