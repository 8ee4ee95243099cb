// The account page works without this. It says what this browser does about notifications, and asks when a hand wants it.
import { again, here, turnOff, turnOn } from './push.js';

const part = document.querySelector('[data-notify]');
const box = document.querySelector('[name="browser"]');
const all = document.querySelector('[data-all]'); // the browsers that can be turned off at once, if there are others
const Note = globalThis.Notification;

async function call(method, path, body) {
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('meta[name="csrf"]').content };
  const answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.status === 204 ? null : answer.json();
}

const api = { post: (path, body) => call('POST', path, body), remove: (path) => call('DELETE', path) };

async function start() {
  let me = { push_key: part.dataset.key, devices: part.dataset.devices.split(' ').filter(Boolean) };
  let state = await here(me);

  function show() {
    const now = state === 'unable' ? `page-${Note.permission}` : state;
    for (const one of part.querySelectorAll('[data-state]')) one.hidden = !box.checked || !one.dataset.state.split(' ').includes(now);
    if (!all) return;
    all.hidden = me.devices.length < (state === 'on' ? 2 : 1);
    all.firstElementChild.textContent = all.firstElementChild.textContent.replace(/\d+/, me.devices.length);
  }

  async function change(how) {
    try {
      me = (await how(api, me)) ?? me;
      state = await here(me);
    } catch {
      state = 'failed';
    }
    show();
  }

  const acts = { on: () => change(turnOn), off: () => change(turnOff), ask: () => Note.requestPermission().then(show, show) };
  part.addEventListener('click', ({ target }) => acts[target.dataset.act]?.());
  box.addEventListener('change', () => { if (box.checked && state === 'unable' && Note.permission === 'default') acts.ask(); show(); });
  show();
  if (state === 'on') again(api).catch(() => {});
}

// Who signs out leaves no unsent words behind.
document.querySelector('[action="/logout"]')?.addEventListener('submit', () => { try { sessionStorage.clear(); } catch { /* nothing kept */ } });
if (part && box && Note) start();
