/** One version of a secret; a version without labels is deprecated, one that a rotation just opened has no value yet. */
export interface SecretVersion {
  readonly id: string;
  readonly createdAt: number;
  /** Started by RotateSecret, so that a repeated request with its token is recognised. */
  readonly openedByRotation: boolean;
  value?: SecretValue;
  lastAccessedAt?: number;
}

/** A secret's value; binary values stay in the base64 of the protocol. */
export type SecretValue = { SecretString: string } | { SecretBinary: string };

/** How often a secret rotates. Source: RotationRulesType of the Secrets Manager API. */
export interface RotationRules {
  AutomaticallyAfterDays?: number | undefined;
  Duration?: string | undefined;
  ScheduleExpression?: string | undefined;
}

export interface Tag {
  Key: string;
  Value: string;
}

/** A secret with its versions; all times in epoch milliseconds. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: number;
  readonly versions: Map<string, SecretVersion>;
  /** Which version each staging label is attached to: a label is never on two versions. */
  readonly labels: Map<string, string>;
  readonly tags: Map<string, string>;
  description?: string;
  kmsKeyId?: string;
  changedAt: number;
  deletedAt?: number;
  rotation?: {
    lambdaArn: string;
    rules: RotationRules;
    enabled: boolean;
    lastRotatedAt?: number;
    nextRotationAt?: number;
  };
}

const deprecatedVersionsKept = 100;

/** The labels of a version, in no particular order. */
export const labelsOf = (secret: Secret, versionId: string): string[] =>
  [...secret.labels].filter(([, holder]) => holder === versionId).map(([label]) => label);

/** Whether two values are the same, kind included. */
export const sameValue = (one: SecretValue | undefined, other: SecretValue | undefined): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** Attaches a label to a version, taking it from another; AWSCURRENT leaves AWSPREVIOUS behind, as in AWS. */
export const moveLabel = (secret: Secret, label: string, versionId: string): void => {
  const holder = secret.labels.get(label);
  if (holder === versionId) return;
  if (label === 'AWSCURRENT' && holder !== undefined) secret.labels.set('AWSPREVIOUS', holder);
  secret.labels.set(label, versionId);
  pruneDeprecated(secret);
};

const pruneDeprecated = (secret: Secret): void => {
  const labelled = new Set(secret.labels.values());
  const deprecated = [...secret.versions.keys()].filter((id) => !labelled.has(id));
  for (const id of deprecated.slice(0, -deprecatedVersionsKept)) secret.versions.delete(id);
};
