// The account page works without this. It only says what this browser has been told about notifications, and asks when a hand wants it.
const part = document.querySelector('[data-notify]');
const box = document.querySelector('[name="browser"]');
const Note = globalThis.Notification;

function show() {
  for (const one of part.querySelectorAll('[data-state]')) one.hidden = !box.checked || one.dataset.state !== Note?.permission;
}

const ask = () => Note.requestPermission().then(show, show);

if (part && box && Note) {
  part.querySelector('button').addEventListener('click', ask);
  box.addEventListener('change', () => { if (box.checked && Note.permission === 'default') ask(); show(); });
  show();
}
