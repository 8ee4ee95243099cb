// What a talk shows of Web Push; fetched only where the house has it.
import { html } from 'lit';
import { learn, t } from '../i18n.js';
import { again, here, turnOff, turnOn, worker } from '../push.js';

/** An open page's own note, in the place that the worker's of the same line would take. */
export async function show(title, { number, message }, Note) {
  const made = await worker();
  try {
    if (made) await made.showNotification(title, { tag: number, renotify: true, data: { number, seq: message.seq } });
    else new Note(title, { tag: number }); // not turned on here, but allowed
  } catch {
    // The title's counter remains.
  }
}

/** Finds out what this browser does for `desk`, and says again what is on. */
export async function attach(desk) {
  await learn(() => import('words:app/pushed'));
  await look(desk);
  if (desk.here === 'on') again(desk.api).catch(() => {});
}

/** That it is on, or cannot be; else nothing. */
export function standing(desk) {
  if (desk.here === 'failed') return html`<p class="notify soft small" role="status">${t('这个浏览器连不上推送服务，页面开着时仍会提醒您。')}</p>`;
  if (desk.here !== 'on') return null;
  return html`<div class="notify soft small"><p role="status">${t('有答复时，这个浏览器会提醒您，关着页面也会。')}</p>
    <p class="actions"><button class="btn quiet" @click=${() => change(desk, turnOff)}>${t('关闭提醒')}</button></p></div>`;
}

export const start = (desk) => change(desk, turnOn);

async function look(desk) {
  desk.here = await here(desk.told).catch(() => 'unable');
  desk.changed();
}

async function change(desk, how) {
  try {
    desk.told = (await how(desk.api, desk.told)) ?? desk.told;
    await look(desk);
  } catch {
    desk.here = 'failed';
    desk.changed();
  }
}
