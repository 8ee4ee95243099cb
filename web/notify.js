// Shows what Web Push brings while no page of ours is open: that there is news, and the number of the talk. Nothing else is known here,
// and nothing is fetched or kept. What is shown of a talk stands in one place, and is heard again only for a later line.
const pages = () => clients.matchAll({ type: 'window', includeUncontrolled: true });
const isOurs = ({ url }) => new URL(url).pathname === '/consult';

async function show(data) {
  let told = {};
  try {
    told = data.json();
  } catch {
    // A browser that shows nothing takes the leave back: the host's name will do.
  }
  const { number = '', seq = 0, title = location.host } = told;
  const [shown] = number ? await registration.getNotifications({ tag: number }) : [];
  const known = shown?.data?.seq >= seq;
  const looks = (await pages()).some((page) => page.focused && isOurs(page));
  const quiet = known || looks;
  await registration.showNotification(title, { body: number, tag: number, renotify: Boolean(number) && !quiet, silent: quiet, data: { number, seq } });
}

async function open({ number }) {
  const url = `${location.origin}/consult#${number}`;
  const page = (await pages()).find(isOurs);
  if (!page) return clients.openWindow(url);
  await page.focus();
  return page.navigate(url).catch(() => {}); // a page that is older than this file stays where it is
}

addEventListener('push', (event) => event.waitUntil(show(event.data)));
addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});
