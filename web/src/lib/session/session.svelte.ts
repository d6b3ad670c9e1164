/** Who is signed in. Cookies are HttpOnly; the page holds only the CSRF token. */

import { get, post, remove, setCsrfToken } from '../http/client';
import { asProblem, type Problem } from '../http/problem';
import type { Permission, Session } from '../api/types';

class CurrentSession {
  #session = $state.raw<Session | null>(null);
  #problem = $state.raw<Problem | null>(null);

  get current(): Session | null {
    return this.#session;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get isDrill(): boolean {
    return this.#session?.realm === 'drill';
  }

  may(permission: Permission): boolean {
    return this.#session?.person?.permissions.includes(permission) ?? false;
  }

  async load(): Promise<void> {
    try {
      this.#take(await get<Session>('session'));
    } catch (error) {
      this.#problem = asProblem(error);
    }
  }

  async signIn(name: string, password: string): Promise<void> {
    await post('session', { name, password });
    await this.load();
  }

  async setUp(token: string, name: string, password: string): Promise<void> {
    await post('setup', { token, name, password });
    await this.load();
  }

  async acceptInvitation(token: string, password: string): Promise<void> {
    await post('invitations', { token, password });
    await this.load();
  }

  async signOut(): Promise<void> {
    await remove('session');
    location.reload();
  }

  #take(session: Session): void {
    setCsrfToken(session.csrf_token);
    this.#session = session;
    this.#problem = null;
  }
}

export const session = new CurrentSession();
