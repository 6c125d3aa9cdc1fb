import type { RotationPorts } from '#functions/secret-rotation/context.ts';
import type { IoManagementClient } from '#shared/adobe/console/io-management.ts';

type Kind = 'read' | 'effect';
type PortCalls = {
  secrets: Record<keyof RotationPorts['secrets'], Kind>;
  state: Record<keyof RotationPorts['state'], Kind>;
  ims: Record<keyof RotationPorts['ims'], Kind>;
  ioManagement: Record<keyof IoManagementClient, Kind>;
  status: Record<keyof RotationPorts['status'], Kind>;
  own: Record<'checkFirefly' | 'refreshToken', Kind>;
};

/**
 * Every call that the rotation makes to the world. A crash is tried around each effect; a call that is not in this list
 * fails the tests, so that none can be added without being tried.
 */
export const portCalls: PortCalls = {
  secrets: {
    describe: 'read',
    readCurrent: 'read',
    readPrevious: 'read',
    readPending: 'read',
    putPending: 'effect',
    promote: 'effect',
    removePending: 'effect',
    rotate: 'effect',
  },
  state: {
    takeLease: 'effect',
    extendLease: 'effect',
    releaseLease: 'effect',
    readState: 'read',
    saveState: 'effect',
  },
  // A mint moves `last_used_at`.
  ims: { mint: 'effect' },
  ioManagement: { list: 'read', add: 'effect', delete: 'effect' },
  status: { readSecretRotation: 'read', writeSecretRotation: 'effect' },
  own: { checkFirefly: 'read', refreshToken: 'effect' },
};

export const allSideEffects: string[] = Object.entries(portCalls).flatMap(([port, calls]) =>
  Object.entries(calls)
    .filter(([, kind]) => kind === 'effect')
    .map(([name]) => `${port}.${name}`),
);

/** The process died: this and everything it would have done after it does not happen. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** A crash around the n-th effect (from 0) of a run. */
export interface CrashPoint {
  index: number;
  when: 'before' | 'after';
}

/** The life of one process: what it did, and where it dies. */
export const createLife = (crash?: CrashPoint, onCall: () => void = () => undefined) => {
  const effects: string[] = [];
  let dead = false;

  const around = async <Result>(name: string, kind: Kind, call: () => Promise<Result>): Promise<Result> => {
    if (dead) throw new Crash();
    onCall();
    if (kind === 'read') return call();
    const index = effects.push(name) - 1;
    if (crash?.index === index && crash.when === 'before') dead = true;
    if (dead) throw new Crash();
    try {
      return await call();
    } finally {
      if (crash?.index === index && crash.when === 'after') {
        dead = true;
        // biome-ignore lint/correctness/noUnsafeFinally: whatever the call had to say dies with the process
        throw new Crash();
      }
    }
  };

  const watch = <Port extends object>(name: keyof PortCalls, port: Port): Port =>
    new Proxy(port, {
      get: (target, method, receiver) => {
        const call: unknown = Reflect.get(target, method, receiver);
        if (typeof call !== 'function') return call;
        const kinds: Record<string, Kind> = portCalls[name];
        const kind = kinds[String(method)];
        if (kind === undefined)
          throw new Error(`${name}.${String(method)} is not among the calls that crash tests know.`);
        return (...args: unknown[]) => around(`${name}.${String(method)}`, kind, () => call.apply(target, args));
      },
    });

  return {
    effects,
    isDead: () => dead,
    wrap: (ports: RotationPorts): RotationPorts => {
      const { checkFirefly, refreshToken } = watch('own', {
        checkFirefly: ports.checkFirefly,
        refreshToken: ports.refreshToken,
      });
      return {
        ...ports,
        secrets: watch('secrets', ports.secrets),
        state: watch('state', ports.state),
        ims: watch('ims', ports.ims),
        status: watch('status', ports.status),
        openIoManagement: (credential, token) => watch('ioManagement', ports.openIoManagement(credential, token)),
        checkFirefly,
        refreshToken,
        recordMetric: (...metric) => {
          if (!dead) ports.recordMetric(...metric);
        },
      };
    },
  };
};
