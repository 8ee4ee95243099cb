// Whether this browser tells its owner while no page of ours is open (Web Push), and how that is turned on and off.
// `me` is the account with its `push_key` and `devices`; each change gives the account as it is after it.
const WORKER = '/notify.js';
const SCOPE = '/consult';
/** The one address that a page of ours may make a worker of. */
const policy = globalThis.trustedTypes?.createPolicy('notify', { createScriptURL: () => WORKER });

const possible = (me) => Boolean(me.push_key) && globalThis.isSecureContext && window.parent === window
  && 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** The worker that shows notes, if there is one. */
export async function worker() {
  return navigator.serviceWorker?.getRegistration(SCOPE).catch(() => undefined);
}

const subscribed = async () => (await worker())?.pushManager?.getSubscription() ?? null;

/** What the server calls this browser. */
async function idOf({ endpoint }) {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash).slice(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @returns {Promise<'unable'|'denied'|'off'|'on'>} `unable`: an open page can still tell, but not a closed one */
export async function here(me) {
  if (!possible(me)) return 'unable';
  if (Notification.permission === 'denied') return 'denied';
  const known = Notification.permission === 'granted' && me.devices.length ? await subscribed() : null;
  return known && me.devices.includes(await idOf(known)) ? 'on' : 'off';
}

/** To be called by a hand's press. Null if leave was not given; throws if the browser's push service cannot be reached. */
export async function turnOn(api, me) {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  const made = await navigator.serviceWorker.register(policy ? policy.createScriptURL('') : WORKER, { scope: SCOPE });
  await active(made);
  const subscribe = () => made.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: me.push_key });
  const given = await subscribe().catch(async (error) => {
    const old = await made.pushManager.getSubscription(); // under a key that the server has no more
    if (!old) throw error;
    await old.unsubscribe();
    return subscribe();
  });
  return api.post('/me/devices', given.toJSON());
}

/** Says again what is on, since the session or the address may be new. */
export async function again(api) {
  return api.post('/me/devices', (await subscribed()).toJSON());
}

export async function turnOff(api, me) {
  const given = await subscribed();
  if (!given) return me;
  const id = await idOf(given);
  // Either will do: what the browser gives back, its push service tells the server.
  const ended = await Promise.allSettled([api.remove(`/me/devices/${id}`), given.unsubscribe()]);
  if (ended.every(({ status }) => status === 'rejected')) throw ended[0].reason;
  return { ...me, devices: me.devices.filter((one) => one !== id) };
}

function active(made) {
  if (made.active) return null;
  const coming = made.installing ?? made.waiting;
  return new Promise((done, fail) => {
    coming.addEventListener('statechange', () => {
      if (coming.state === 'activated') done();
      else if (coming.state === 'redundant') fail(new Error('no worker'));
    });
  });
}
