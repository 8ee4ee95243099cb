// What this tab remembers, and forgets with it. A frame whose storage is forbidden remembers in memory.

const memory = new Map();
const plain = {
  getItem: (key) => memory.get(key) ?? null,
  setItem: (key, value) => memory.set(key, value),
  removeItem: (key) => memory.delete(key),
  clear: () => memory.clear(),
};

function found() {
  try {
    sessionStorage.setItem('probe', '1');
    sessionStorage.removeItem('probe');
    return sessionStorage;
  } catch {
    return plain;
  }
}

export const storage = found();

export function recall(key, otherwise = null) {
  try {
    return JSON.parse(storage.getItem(key)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(key, value) {
  try {
    if (value === null || value === '') storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // A full storage costs a draft after a reload, nothing more.
  }
}
