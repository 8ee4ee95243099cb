// Calls of a desk's page with its cookie session.
const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? '';

/** The answer's body; throws an Error with `status` and, if the server says so, `retry` in seconds. */
export async function api(method, path, body) {
  const answer = await fetch(path, {
    method,
    credentials: 'same-origin',
    headers: { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf() }) },
    body: body && JSON.stringify(body),
  });
  if (answer.ok) return answer.json();
  const said = await answer.json().catch(() => ({}));
  throw Object.assign(new Error(said.detail ?? ''), { status: answer.status, retry: said.details?.retry_after_s });
}
