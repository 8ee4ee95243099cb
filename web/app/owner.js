// Whose words a tab keeps. What was written outlives a reload and the end of the own session, but never meets the next person.
const KEY = 'owner';

/** Makes `storage` that of `who`, an account's id or a staff number. What another person, or nobody knows who, left in it is
 *  forgotten: false then. */
export function claim(storage, who) {
  try {
    if (storage.getItem(KEY) === who) return true;
    storage.clear();
    storage.setItem(KEY, who);
  } catch {
    // Where nothing can be kept nothing is left behind.
  }
  return false;
}
