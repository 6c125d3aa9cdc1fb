import type { RotationOptions, RotationPolicy, RotationPorts } from '#functions/secret-rotation/context.ts';
import { runDaily } from '#functions/secret-rotation/daily.ts';
import { deletePreviousSecretNow } from '#functions/secret-rotation/secrets/delete.ts';
import { runStep } from '#functions/secret-rotation/steps/run-step.ts';
import { rotationSteps } from '#shared/aws/rotation-event.ts';
import type { SecretRotationStatus } from '#shared/aws/status-items.ts';
import type { RecordMetric } from '#shared/observability.ts';
import { type AdobeSecret, createFakeAdobe, credentialsOf, scopes, tokenLifetimeMs } from './fake-adobe.ts';
import { createFakeSecretStore, secretArn } from './fake-secret-store.ts';
import { createFakeStateStore } from './fake-state-store.ts';
import { Crash, type CrashPoint, createLife } from './side-effects.ts';
import { createSimulatedClock } from './simulated-clock.ts';

export const hourMs = 3_600_000;

const usualPolicy: RotationPolicy = {
  generationScopes: scopes.generation,
  managementScopes: scopes.management,
  graceMs: 48 * hourMs,
  unusedMs: 24 * hourMs,
  propagationMs: 60_000,
  rotationIntervalMs: 30 * 24 * hourMs,
  retryMs: 20_000,
  addTimeoutMs: 20_000,
  leaseMs: 60_000,
  handoverMs: 30_000,
};

/** Lambda's time-out of the function. */
const functionTimeoutMs = 300_000;

/** A failed run keeps its error for the test to look at. */
export type Outcome<Result = void> = { effects: string[] } & (
  | { ok: true; result: Result }
  | { ok: false; error: unknown }
);

/** Adobe, Secrets Manager, the token and the rotation function in one process, on one clock. */
export const createWorld = (
  options: { revokesTokens?: boolean; withUuid?: boolean; policy?: Partial<RotationPolicy> } = {},
) => {
  const policy = { ...usualPolicy, ...options.policy };
  const clock = createSimulatedClock();
  const adobe = createFakeAdobe(clock);
  const store = createFakeSecretStore(clock);
  const state = createFakeStateStore(clock);
  adobe.revokesTokens = options.revokesTokens ?? false;
  let status: SecretRotationStatus | undefined;
  let token = { accessToken: '', expiresAt: 0 };
  const logged: string[] = [];
  const metrics: Parameters<RecordMetric>[] = [];
  const withoutToken: number[] = [];
  const log = (message: string, fields?: Record<string, unknown>) => {
    logged.push(JSON.stringify({ message, ...fields }));
  };

  const refreshToken = async () => {
    const current = store.current()?.credentials;
    if (current === undefined) throw new Error('not configured');
    const { clientId, clientSecret } = current;
    token = await adobe.ims.mint({ clientId, clientSecret, scopes: scopes.generation });
  };

  const ports: RotationPorts = {
    secrets: store.port,
    state,
    ims: adobe.ims,
    openIoManagement: adobe.openIoManagement,
    checkFirefly: adobe.checkFirefly,
    refreshToken,
    status: {
      readSecretRotation: async () => status,
      writeSecretRotation: async (written) => {
        status = structuredClone(written);
      },
    },
    clock,
    sleep: clock.sleep,
    log: { debug: log, info: log, warn: log, error: log },
    recordMetric: (...metric) => metrics.push(metric),
  };

  const onCall = () => {
    clock.advance(7);
    if (!adobe.isValidToken(token.accessToken)) withoutToken.push(clock.now());
  };

  const invoke = async <Result>(
    crash: CrashPoint | undefined,
    run: (options: RotationOptions) => Promise<Result>,
  ): Promise<Outcome<Result>> => {
    const life = createLife(crash, onCall);
    try {
      const result = await run({ ports: life.wrap(ports), policy, deadline: clock.now() + functionTimeoutMs });
      if (life.isDead()) throw new Crash();
      return { ok: true, result, effects: life.effects };
    } catch (error) {
      return { ok: false, error: life.isDead() ? new Crash() : error, effects: life.effects };
    }
  };

  let rotations = 0;
  const step = (Step: (typeof rotationSteps)[number], ClientRequestToken: string, crash?: CrashPoint) =>
    invoke(crash, (run) => runStep(run, { Step, SecretId: secretArn, ClientRequestToken }));

  const openRotation = (): string => {
    const left = store.pendingElsewhere();
    if (left !== undefined) return left;
    rotations += 1;
    const rotationToken = `rotation-${rotations}`;
    store.openPending(rotationToken);
    return rotationToken;
  };

  /** One attempt of a rotation, from its first step; a failure ends it. */
  const attempt = async (rotationToken: string, crash?: CrashPoint): Promise<Outcome> => {
    const effects: string[] = [];
    for (const name of rotationSteps) {
      const left = crash && { ...crash, index: crash.index - effects.length };
      const outcome = await step(name, rotationToken, left);
      effects.push(...outcome.effects);
      if (!outcome.ok) return { ...outcome, effects };
    }
    return { ok: true, result: undefined, effects };
  };

  /** As Secrets Manager does it: an incomplete rotation is taken up again, else a new one begins. */
  const rotate = (crash?: CrashPoint): Promise<Outcome> => attempt(openRotation(), crash);

  /** The daily schedule, and the rotation that it may have asked for. */
  const daily = async (crash?: CrashPoint): Promise<Outcome<unknown>> => {
    const outcome = await invoke(crash, runDaily);
    if (!store.rotationRequested) return outcome;
    store.rotationRequested = false;
    const rotated = await rotate();
    return outcome.ok && !rotated.ok ? rotated : outcome;
  };

  /** The hourly token refresh. */
  const refreshWhenDue = async () => {
    if (token.expiresAt - clock.now() < tokenLifetimeMs / 2) await refreshToken();
  };

  /** Lets time pass; the hourly token refresh goes on. */
  const advance = async (ms: number) => {
    for (let left = ms; left > 0; left -= hourMs) {
      clock.advance(Math.min(left, hourMs));
      await refreshWhenDue();
    }
  };

  const first: AdobeSecret = adobe.consoleAdds();
  const { secretUuid, ...withoutUuid } = credentialsOf(first);
  store.putCurrent('first', options.withUuid === false ? withoutUuid : { ...withoutUuid, secretUuid });
  return {
    ports,
    policy,
    clock,
    adobe,
    store,
    state,
    logged,
    metrics,
    withoutToken,
    first,
    step,
    openRotation,
    attempt,
    rotate,
    daily,
    advance,
    refreshToken,
    refreshWhenDue,
    deletePreviousNow: (confirm?: string, crash?: CrashPoint) =>
      invoke(crash, (run) => deletePreviousSecretNow(run, confirm)),
    status: () => status,
    hasValidToken: () => adobe.isValidToken(token.accessToken),
  };
};

export type World = ReturnType<typeof createWorld>;
