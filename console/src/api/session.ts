/** Who is signed in. The token lives in memory, so that it is gone with the page. */
class Session extends EventTarget {
  #token: string | undefined;

  /** The header that names the caller; none while nobody is signed in. */
  authorization(): Record<string, string> {
    return this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** Takes a token that was just issued. */
  start(token: string): void {
    this.#token = token;
    this.dispatchEvent(new Event('change'));
  }

  /** Drops the token after the gateway has refused it. */
  expire(): void {
    this.#token = undefined;
    this.dispatchEvent(new Event('change'));
  }
}

/** The session of this tab. */
export const session = new Session();
