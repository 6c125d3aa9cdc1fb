import type { AccessKey } from '#shared/loopback-guard.ts';
import type { RequestContext } from './conditions.ts';
import { type Access, compilePolicy, type Match, type Policy, type Statement } from './statements.ts';

/** Who signs with an access key, and what its own policies say. It can be sent to another process. */
export interface Identity extends AccessKey {
  /** Short name, for records: that of a function. */
  name: string;
  /** Of the role. */
  arn: string;
  statements: readonly Statement[];
}

/** All that a service needs to know of IAM. */
export interface IamDirectory {
  identities: readonly Identity[];
  /** Policies by the ARN of what they belong to. */
  resourcePolicies: Readonly<Record<string, readonly Statement[]>>;
  /** Whether each decision is recorded with every statement that allowed it. */
  isRecorded: boolean;
}

/** What was decided on one access. */
export interface Decision {
  /** Name of the identity. */
  identity: string;
  action: string;
  resource: string;
  isAllowed: boolean;
  /** The statements of the identity that each alone would have allowed it. */
  matches: Match[];
  /** Those of the policy of the resource. */
  granted: Match[];
}

/** Decides on requests by who signed them. */
export interface Authorizer {
  /**
   * Decides as AWS does within one account: an explicit Deny anywhere refuses, else one Allow of the identity's or of the resource's
   * policy is enough.
   *
   * @param accesses all that the request needs
   * @returns why it is refused, in the words of AWS; undefined if it is not
   */
  findDenial(accessKeyId: string | undefined, accesses: readonly Access[]): string | undefined;
  /**
   * Decides on what a service of AWS does by itself: only the policy of the resource can allow it.
   *
   * @param service as a principal, such as `events.amazonaws.com`
   * @returns why it is refused; undefined if it is not
   */
  findServiceDenial(service: string, access: Access): string | undefined;
  /** Whether the identity may do something else, which the answer depends on; it is not recorded. */
  mayAsWell(accessKeyId: string | undefined, access: Access): boolean;
}

const noPolicy: Policy = { find: () => [] };

/**
 * Compiles the policies of a directory, once.
 *
 * @param onDecision receives each decision, if they are recorded
 */
export const createAuthorizer = (
  { identities, resourcePolicies, isRecorded }: IamDirectory,
  onDecision: (decision: Decision) => void = () => {},
): Authorizer => {
  const byKey = new Map(
    identities.map((identity) => [identity.accessKeyId, { identity, policy: compilePolicy(identity.statements) }]),
  );
  const ofResources = new Map(
    Object.entries(resourcePolicies).map(([arn, statements]) => [arn, compilePolicy(statements)]),
  );
  const decide = (identity: Pick<Identity, 'name' | 'arn'>, own: Policy, access: Access): string | undefined => {
    const context: RequestContext = {
      'aws:principalarn': identity.arn,
      // Loopback is as safe as TLS.
      'aws:securetransport': 'true',
      ...access.context,
    };
    const attached = ofResources.get(access.resource);
    const matches = own.find('Allow', access, context, isRecorded);
    const granted = attached?.find('Allow', access, context, isRecorded) ?? [];
    const isGranted = matches.length > 0 || granted.length > 0;
    const reason =
      own.find('Deny', access, context).length > 0
        ? 'with an explicit deny in an identity-based policy'
        : (attached?.find('Deny', access, context).length ?? 0) > 0
          ? 'with an explicit deny in a resource-based policy'
          : isGranted
            ? undefined
            : `because no ${own === noPolicy ? 'resource' : 'identity'}-based policy allows the ${access.action} action`;
    if (isRecorded) {
      const { action, resource } = access;
      onDecision({ identity: identity.name, action, resource, isAllowed: reason === undefined, matches, granted });
    }
    if (reason === undefined) return undefined;
    const session = `${identity.arn.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/${identity.name}`;
    return `User: ${session} is not authorized to perform: ${access.action} on resource: ${access.resource} ${reason}`;
  };
  return {
    findDenial: (accessKeyId, accesses) => {
      const found = byKey.get(accessKeyId ?? '');
      if (found === undefined) return 'The security token included in the request is invalid.';
      for (const access of accesses) {
        const denial = decide(found.identity, found.policy, access);
        if (denial !== undefined) return denial;
      }
      return undefined;
    },
    findServiceDenial: (service, access) => decide({ name: service, arn: service }, noPolicy, access),
    mayAsWell: (accessKeyId, access) => {
      const found = byKey.get(accessKeyId ?? '');
      return found !== undefined && found.policy.find('Allow', access, access.context ?? {}).length > 0;
    },
  };
};
