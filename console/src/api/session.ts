import { useSyncExternalStore } from 'react';

/** A token as it was issued. */
export interface IssuedToken {
  token: string;
  expiresInSeconds: number | undefined;
  isKept: boolean;
}

/** Who is signed in: nobody yet, somebody, or somebody whose token the gateway takes no longer. */
export interface SessionState {
  status: 'signed-out' | 'signed-in' | 'expired';
  token?: string;
  /** Epoch ms. */
  expiresAt?: number;
}

const storageKey = 'firefly-gateway.session';

// Timers of browsers hold no longer delays than this.
const maxTimerMs = 2 ** 31 - 1;

/** The token of this tab. It lives in memory, and in the tab's own storage only if the person asks for that; never in an address. */
class Session {
  #state: SessionState;
  readonly #listeners = new Set<() => void>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#state = readKept() ?? { status: 'signed-out' };
    this.#expireInTime();
  }

  get state(): SessionState {
    return this.#state;
  }

  /**
   * Takes a token that was just issued.
   *
   * @param options.isKept whether it outlives a reload of this tab
   */
  start(token: string, options: { expiresInSeconds: number | undefined; isKept: boolean }): void {
    const { expiresInSeconds, isKept } = options;
    const expiresAt = expiresInSeconds === undefined ? undefined : Date.now() + expiresInSeconds * 1_000;
    this.#set({ status: 'signed-in', token, expiresAt });
    if (isKept) sessionStorage.setItem(storageKey, JSON.stringify({ token, expiresAt }));
    this.#expireInTime();
  }

  /** Drops a token that is no longer taken; what stands on the page stays. */
  expire(): void {
    sessionStorage.removeItem(storageKey);
    if (this.#state.status === 'signed-in') this.#set({ status: 'expired' });
  }

  /** Forgets everything that this browser keeps of the console, and begins anew. */
  async end(): Promise<void> {
    this.#state = { status: 'signed-out' };
    sessionStorage.clear();
    localStorage.clear();
    const databases = (await indexedDB.databases?.()) ?? [];
    for (const { name } of databases) if (name !== undefined) indexedDB.deleteDatabase(name);
    location.replace('/console/');
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #expireInTime(): void {
    clearTimeout(this.#timer);
    const { expiresAt } = this.#state;
    if (expiresAt === undefined) return;
    this.#timer = setTimeout(() => this.expire(), Math.min(maxTimerMs, Math.max(0, expiresAt - Date.now())));
  }
}

const readKept = (): SessionState | undefined => {
  const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
  if (typeof kept !== 'object' || kept === null || !('token' in kept) || typeof kept.token !== 'string')
    return undefined;
  const expiresAt = 'expiresAt' in kept && typeof kept.expiresAt === 'number' ? kept.expiresAt : undefined;
  if (expiresAt !== undefined && expiresAt <= Date.now()) return undefined;
  return { status: 'signed-in', token: kept.token, expiresAt };
};

/** The session of this tab. */
export const session = new Session();

/** The session as a component shows it. */
export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, () => session.state);
