import type { CallerPolicy } from '#shared/caller-policy.ts';
import type { Caller } from '#shared/callers/caller.ts';

/** A caller as it is shown: no hash of a secret. */
export interface CallerView {
  clientId: string;
  name: string;
  disabled: boolean;
  operator: boolean;
  createdAt: string;
  secrets: { secretId: string; createdAt: string; lastUsedHour?: string }[];
  policy?: CallerPolicy;
}

/** What a command did, to be shown. */
export interface Outcome {
  /** A sentence about what was done, where something was. */
  done?: string;
  callers?: CallerView[];
  policy?: CallerPolicy;
  /** A new secret, which is shown this once only. */
  secret?: { clientId: string; clientSecret: string; secretId: string };
}

/** @param uses when each secret was last used, by the ids of the secrets */
export const viewCaller = (
  { callerId, name, disabled, operator, createdAt, secrets }: Caller,
  uses: Readonly<Record<string, string>>,
  policy: CallerPolicy | undefined,
): CallerView => ({
  clientId: callerId,
  name,
  disabled,
  operator,
  createdAt,
  secrets: secrets.map(({ secretId, createdAt: made }) => ({
    secretId,
    createdAt: made,
    lastUsedHour: uses[secretId],
  })),
  policy,
});

/** The lines that tell people what a command did. */
export const describeOutcome = ({ done, callers, policy, secret }: Outcome): string[] => [
  ...(done === undefined ? [] : [done]),
  ...(callers === undefined ? [] : callers.length === 0 ? ['There are no callers. Make one with: add NAME'] : []),
  ...(callers ?? []).flatMap(describeCaller),
  ...(policy === undefined ? [] : describePolicy(policy)),
  ...(secret === undefined
    ? []
    : [
        `  client id      ${secret.clientId}`,
        `  client secret  ${secret.clientSecret}`,
        'The secret is stored nowhere and not shown again.',
      ]),
];

const describeCaller = ({ clientId, name, disabled, operator, createdAt, secrets, policy }: CallerView): string[] => [
  `${clientId}  ${name}${disabled ? '  (disabled)' : ''}${operator ? '  (operator)' : ''}`,
  `  made     ${toDay(createdAt)}`,
  ...secrets.map(
    (secret) =>
      `  secret   ${secret.secretId}, made ${toDay(secret.createdAt)}, ${secret.lastUsedHour === undefined ? 'not used yet' : `last used ${secret.lastUsedHour.slice(0, 13).replace('T', ' ')}h UTC`}`,
  ),
  ...(policy === undefined ? [] : describePolicy(policy)),
];

const describePolicy = (policy: CallerPolicy): string[] => {
  const rules = Object.entries(policy);
  if (rules.length === 0) return ['  policy   none: the defaults of the stage hold'];
  return rules.map(
    ([rule, value]) => `  policy   ${rule} = ${Array.isArray(value) ? value.join(', ') || 'none' : value}`,
  );
};

const toDay = (time: string): string => time.slice(0, 10);
