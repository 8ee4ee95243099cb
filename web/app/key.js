/** A short key for a msgid (FNV-1a, 32 bits, base 36), so that the English words need not carry the Chinese ones along. */
export function key(msgid) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < msgid.length; i++) hash = Math.imul(hash ^ msgid.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
