import type { ListedSecret } from '#shared/adobe/console/io-management.ts';
import { describeSecret } from '#shared/adobe/console/listed-secrets.ts';
import type { AdobeError } from '#shared/adobe/http/errors.ts';
import { type ErrorDetails, GatewayError } from '#shared/errors.ts';

/** A rotation could not go on; `code` is shown by `/health`. No message holds the value of a secret or token. */
export class RotationError extends GatewayError {
  /** @param message for people: says what to do */
  constructor(code: string, message: string, details?: ErrorDetails) {
    super(code, message, details);
  }
}

/** Another run works on the client secrets right now; this one has changed nothing. */
export class RotationBusyError extends RotationError {
  constructor() {
    super('rotation_busy', 'Another run is working on the client secrets; try again in a few minutes.');
  }
}

/** Another run took over because this one was too slow; it must not change anything any more. */
export class LeaseLostError extends RotationError {
  constructor() {
    super('lease_lost', 'Another run has taken over the client secrets.');
  }
}

/** Secrets Manager called a step for a version that is not being rotated in (any more). */
export class RotationEndedError extends RotationError {
  constructor(versionId: string) {
    super('rotation_ended', `The rotation ${versionId} has ended: its version is not AWSPENDING. Start a new one.`);
  }
}

/** Firefly does not accept a token minted with the new client secret. */
export class FireflyRefusedError extends RotationError {
  /** @param error what Firefly answered */
  constructor({ code, message, status }: Pick<AdobeError, 'code' | 'message' | 'status'>) {
    super(
      'firefly_refused',
      `Firefly does not accept a token minted with the new client secret (${code}): ${message}`,
      { status: status || undefined },
    );
  }
}

/** The two secrets that Adobe allows are taken, and one of them is not ours to delete. */
export class ForeignSecretError extends RotationError {
  readonly uuids: string[];

  /** @param foreign secrets of unknown origin */
  constructor(foreign: readonly ListedSecret[]) {
    const described = foreign.map(describeSecret).join(', ');
    super(
      'foreign_secret',
      `No room for a new client secret: Adobe allows two, and the gateway did not make ${described}. ` +
        'If nothing uses it, delete it in the Developer Console; else give its user a credential of its own.',
    );
    this.uuids = foreign.map(({ uuid }) => uuid);
  }
}

/** The two secrets that Adobe allows are taken, and the previous one may not be deleted yet. */
export class PreviousSecretKeptError extends RotationError {
  /** @param retiresAt epoch ms when the grace ends */
  constructor(why: 'in_grace' | 'in_use', previous: ListedSecret, retiresAt: number) {
    const reason =
      why === 'in_grace'
        ? `its grace ends at ${new Date(retiresAt).toISOString()}`
        : 'it is still in use although its grace is over: find out who uses it';
    super(
      `previous_secret_${why}`,
      `No room for a new client secret: Adobe allows two, and the previous one, ${describeSecret(previous)}, stays: ` +
        `${reason}. In an emergency "npm run credentials -- --compromised" deletes it at once.`,
    );
  }
}
