import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Alerts } from '../app/staff/alerts.js';

// A page, and what a desk asks the browser to show.
function desk({ permission = 'granted', hidden = true, focused = false, broken = false } = {}) {
  const icon = { href: '/static/icon.svg', getAttribute() { return this.href; }, setAttribute(_, value) { this.href = value; } };
  const page = { title: '工作台', hidden, hasFocus: () => focused, querySelector: () => icon };
  const shown = [];
  class Notify {
    static permission = permission;
    static requestPermission = async () => 'granted';

    constructor(text, options) {
      if (broken) throw new TypeError('Illegal constructor');
      Object.assign(this, { text, options, closed: false });
      shown.push(this);
    }

    close() {
      this.closed = true;
    }
  }
  return { alerts: new Alerts({ page, Notify }), page, icon, shown };
}

test('who looks elsewhere is told, who looks at the page is not', () => {
  const away = desk();
  away.alerts.notify('heard');
  assert.deepEqual(away.shown.map(({ text }) => text), ['有用户发来新消息']);
  const behind = desk({ hidden: false, focused: false }); // visible, but another window has the keyboard
  behind.alerts.notify('heard');
  assert.equal(behind.shown.length, 1);
  const here = desk({ hidden: false, focused: true });
  here.alerts.notify('heard');
  assert.equal(here.shown.length, 0);
});

test('without leave nothing is shown, and nothing breaks where there are no notifications', () => {
  for (const permission of ['default', 'denied']) {
    const { alerts, shown } = desk({ permission });
    alerts.notify('offer');
    assert.equal(shown.length, 0);
  }
  const { page } = desk();
  const old = new Alerts({ page, Notify: null });
  assert.equal(old.permission, 'unsupported');
  old.notify('offer');
  const telephone = desk({ broken: true });
  telephone.alerts.notify('offer');
  telephone.alerts.answered();
});

test('an offer stays until it is answered, other news does not, and there is one note of a kind', () => {
  for (const kind of ['offer', 'panel']) {
    const { alerts, shown } = desk();
    for (const one of [kind, 'heard']) alerts.notify(one);
    assert.deepEqual(shown.map(({ options }) => options), [
      { tag: `console-${kind}`, renotify: true, requireInteraction: true }, { tag: 'console-heard', renotify: true, requireInteraction: false },
    ]);
    alerts.answered();
    alerts.answered(); // nothing is left to close
    assert.deepEqual(shown.map(({ closed }) => closed), [true, false]);
  }
});

test('every kind has words, and none of them says anything of a talk', () => {
  const { alerts, shown } = desk();
  const kinds = ['offer', 'heard', 'paused', 'deadline', 'callback', 'review', 'note', 'panel'];
  for (const kind of kinds) alerts.notify(kind);
  assert.equal(new Set(shown.map(({ text }) => text)).size, kinds.length);
  for (const { text, options } of shown) {
    assert.ok(text);
    assert.equal(options.body, undefined);
  }
});

test('a note that is pressed brings the page to the front and goes', () => {
  const { alerts, shown } = desk();
  let fetched = 0;
  globalThis.focus = () => { fetched += 1; };
  alerts.notify('deadline');
  shown[0].onclick();
  delete globalThis.focus;
  assert.deepEqual([fetched, shown[0].closed], [1, true]);
});

test('title and icon say how much waits, offers first', () => {
  const { alerts, page, icon } = desk();
  alerts.show({ offers: 0, unread: 3 });
  assert.deepEqual([page.title, icon.href], ['(3) 工作台', '/static/icon-waiting.svg']);
  alerts.show({ offers: 2, unread: 3 });
  assert.equal(page.title, '【待接单 2】工作台');
  alerts.show({ offers: 0, unread: 0 });
  assert.deepEqual([page.title, icon.href], ['工作台', '/static/icon.svg']);
});
