import type { ListedSecret } from './io-management.ts';

/** The parts of a credential that the gateway needs, in the order in which they are checked. */
export type CredentialPart = 'generation_token' | 'firefly_access' | 'management_token' | 'secret_list' | 'own_secret';

/** The console URL belongs to another credential than the client id. */
export class CredentialMismatchError extends Error {
  override readonly name = 'CredentialMismatchError';
  constructor(listedClientId: string, clientId: string) {
    super(`the console URL is that of the client id ${listedClientId}, not of ${clientId}`);
  }
}

/** Adobe's times of last use do not tell which secret is ours. */
export class OwnSecretUnknownError extends Error {
  override readonly name = 'OwnSecretUnknownError';
  constructor(listed: readonly ListedSecret[]) {
    super(`any of ${listed.map(({ uuid }) => uuid).join(', ')} may be the one`);
  }
}

/** Firefly does not let the token in. */
export class FireflyAccessError extends Error {
  override readonly name = 'FireflyAccessError';
}

/** The operator named a secret that cannot be the given one. */
export class NamedSecretError extends Error {
  override readonly name = 'NamedSecretError';
}
