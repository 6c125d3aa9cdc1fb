import {
  awsServices,
  keepUndelivered,
  listInvocations,
  onlyForGroup,
  ruleNames,
  type ServicePermission,
  scheduledFunctionNames,
} from '#shared/permissions/service-permissions.ts';
import type { IamDirectory } from './iam/authorizer.ts';
import { type Statement, toStatement } from './iam/statements.ts';
import { scheduleGroupArn, scheduleRoleArn, sourceArns, stackArns, undeliveredArn } from './stack-arns.ts';
import type { StackSettings } from './stack-settings.ts';

/** The policies of functions, queues and roles that say what services of AWS may do, by what they belong to. */
export const listServicePolicies = ({
  thumbnails,
}: Pick<StackSettings, 'thumbnails'>): IamDirectory['resourcePolicies'] => {
  const rules = { ...sourceArns.rules, thumbnail: thumbnails ? sourceArns.rules.thumbnail : undefined };
  const permissions = [
    ...listInvocations(stackArns, { ...sourceArns, rules }),
    ...ruleNames.flatMap((name) => {
      const rule = rules[name];
      return rule === undefined ? [] : [keepUndelivered(undeliveredArn(name), rule)];
    }),
    ...scheduledFunctionNames.map(
      (name): ServicePermission => ({
        service: awsServices.scheduler,
        actions: ['sts:AssumeRole'],
        resources: [scheduleRoleArn(name)],
        conditions: onlyForGroup(sourceArns.account, scheduleGroupArn),
      }),
    ),
  ];
  const policies: Record<string, Statement[]> = {};
  for (const { service, ...permission } of permissions) {
    for (const resource of permission.resources) {
      const statements = policies[resource] ?? [];
      statements.push({ ...toStatement(permission), Principal: { Service: service } });
      policies[resource] = statements;
    }
  }
  return policies;
};
