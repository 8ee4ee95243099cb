// Calls to the server's REST interface with the page's cookie session.
import { LinkError } from '../link.js';

const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? '';

/** A caller that tells `time` what the server's clock says; throws a LinkError with the server's own words. */
export function caller(time) {
  return async function call(method, path, body) {
    const sent = time.clock();
    let answer;
    try {
      answer = await fetch(path, {
        method,
        credentials: 'same-origin',
        headers: {
          Accept: 'application/json',
          ...(method !== 'GET' && { 'X-CSRF-Token': csrf() }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch {
      throw new LinkError({ code: 'offline' });
    }
    const date = answer.headers.get('date');
    if (date) time.answered(date, sent, 1_000);
    const said = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    const code = said.code ?? (answer.status === 401 ? 'unauthenticated' : 'unavailable');
    throw new LinkError({ code, message: said.detail ?? said.title, details: said.details });
  };
}

/** All items of a list, page after page. @param call (method, path) => parsed answer */
export async function allOf(call, path) {
  const found = [];
  let cursor = '';
  do {
    const page = await call('GET', `${path}?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    found.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}
