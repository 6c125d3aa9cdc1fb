import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke, type ScheduleTargetBaseProps } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { dailyRunHour } from '#shared/deployment/rotation-schedule.ts';
import { awsServices, invokeScheduled, onlyForGroup } from '#shared/permissions/service-permissions.ts';
import type { GatewayFunction } from './functions/gateway-function.ts';
import { allowKeyThrough } from './functions/key-permissions.ts';
import { toStatement } from './functions/statements.ts';

interface SchedulesProps {
  /** The key by which the schedules are encrypted, if not by AWS's own. */
  kmsKeyArn: string | undefined;
  dispatch: GatewayFunction;
  tokenRefresh: GatewayFunction;
  secretRotation: GatewayFunction;
}

type Targets = Omit<SchedulesProps, 'kmsKeyArn'>;

/** What runs by the clock; each schedule may invoke its one function and nothing else. */
export class Schedules extends Construct {
  /** The roles by schedule, for the comparison of permissions. */
  readonly roles: Record<keyof Targets, Role>;
  private readonly group: ScheduleGroup;
  readonly #kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.#kmsKeyArn = props.kmsKeyArn;
    this.group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: Stack.of(this).stackName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const [minute, hour] = [Duration.minutes(1), Duration.hours(1)];
    const noon = ScheduleExpression.cron({ hour: String(dailyRunHour), minute: '0' });
    this.roles = {
      dispatch: this.schedule('Dispatch', props.dispatch, ScheduleExpression.rate(minute), {
        input: ScheduleTargetInput.fromObject({ scheduled: true }),
        maxEventAge: minute,
        retryAttempts: 0,
      }),
      tokenRefresh: this.schedule('TokenRefresh', props.tokenRefresh, ScheduleExpression.rate(hour), {
        maxEventAge: hour,
        retryAttempts: 3,
      }),
      // Retires the previous client secret and repairs what an interrupted rotation left.
      secretRotation: this.schedule('SecretRotation', props.secretRotation, noon, {
        input: ScheduleTargetInput.fromObject({ action: 'daily' }),
        maxEventAge: hour,
        retryAttempts: 3,
      }),
    };
  }

  private schedule(
    id: string,
    target: GatewayFunction,
    schedule: ScheduleExpression,
    event: Pick<ScheduleTargetBaseProps, 'input' | 'maxEventAge' | 'retryAttempts'>,
  ): Role {
    const stack = Stack.of(this);
    const role = new Role(this, `${id}Role`, {
      description: `Lets the scheduler invoke ${target.node.id}`,
      assumedBy: new ServicePrincipal(awsServices.scheduler, {
        conditions: onlyForGroup(stack.account, this.group.scheduleGroupArn),
      }),
      inlinePolicies: {
        permissions: new PolicyDocument({
          statements: [
            toStatement(invokeScheduled(target.lambda.functionArn)),
            ...(this.#kmsKeyArn === undefined
              ? []
              : [allowKeyThrough(this, this.#kmsKeyArn, 'scheduler', ['kms:Decrypt'])]),
          ],
        }),
      },
    });
    new Schedule(this, id, {
      scheduleGroup: this.group,
      schedule,
      target: new LambdaInvoke(target.lambda, {
        input: ScheduleTargetInput.fromObject({}),
        ...event,
        // The target would also grant every version of the function.
        role: role.withoutPolicyUpdates(),
      }),
    });
    return role;
  }
}
