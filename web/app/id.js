/** A name for a message that no other message of its author has; a page without a secure context has no randomUUID. */
export const newId = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(36)).join('');
