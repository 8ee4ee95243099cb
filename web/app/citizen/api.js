// HTTP calls. On the full page the session is a cookie and changes carry the CSRF value; inside the widget's frame it is a
// token held in this object's memory and nowhere else.
import { LinkError } from '../line.js';

export class Api {
  #token = null;

  /** @param {{lang: string, csrf?: string}} page */
  constructor({ lang, csrf = '' }) {
    this.lang = lang;
    this.csrf = csrf;
  }

  get = (path) => this.#call('GET', path);
  post = (path, body = {}) => this.#call('POST', path, body);
  remove = (path) => this.#call('DELETE', path);

  /** Signs in inside the frame; gives the account. A wanted second factor is a LinkError with details.otp. */
  async signIn(credentials) {
    const { token, account } = await this.post('/sessions', credentials);
    this.#token = token;
    return account;
  }

  async signOut() {
    await this.#call('DELETE', '/sessions/current').catch(() => {});
    this.#token = null;
  }

  async socketToken() {
    return (await this.post('/socket-tokens')).token;
  }

  async #call(method, path, body) {
    const headers = { Accept: 'application/json', 'Accept-Language': this.lang };
    if (body) headers['Content-Type'] = 'application/json';
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    else if (this.csrf) headers['X-CSRF-Token'] = this.csrf;
    let answer;
    try {
      answer = await fetch(`/api/v1${path}`, { method, headers, body: body && JSON.stringify(body) });
    } catch {
      throw new LinkError({ code: 'offline' });
    }
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    const code = said.code ?? (answer.status === 401 ? 'unauthenticated' : 'unavailable');
    throw new LinkError({ code, message: said.detail ?? said.title, details: said.details, article: said.article });
  }
}
