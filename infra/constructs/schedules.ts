import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { GatewayFunction } from './functions/gateway-function.ts';
import { allow } from './functions/statements.ts';

interface SchedulesProps {
  dispatch: GatewayFunction;
  tokenRefresh: GatewayFunction;
  secretRotation: GatewayFunction;
}

/** What runs by the clock; each schedule may invoke its one function and nothing else. */
export class Schedules extends Construct {
  /** The roles by schedule, for the comparison of permissions. */
  readonly roles: Record<keyof SchedulesProps, Role>;
  private readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, props: SchedulesProps) {
    super(scope, id);
    this.group = new ScheduleGroup(this, 'Group', {
      scheduleGroupName: Stack.of(this).stackName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.roles = {
      dispatch: this.schedule('Dispatch', props.dispatch, Duration.minutes(1), {}, 0),
      tokenRefresh: this.schedule('TokenRefresh', props.tokenRefresh, Duration.hours(1), {}, 3),
      // Retires the previous client secret and repairs what an interrupted rotation left.
      secretRotation: this.schedule('SecretRotation', props.secretRotation, Duration.days(1), { action: 'daily' }, 3),
    };
  }

  private schedule(
    id: string,
    target: GatewayFunction,
    every: Duration,
    input: Record<string, string>,
    retryAttempts: number,
  ): Role {
    const stack = Stack.of(this);
    const role = new Role(this, `${id}Role`, {
      description: `Lets the scheduler invoke ${target.node.id}`,
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:SourceAccount': stack.account,
            'aws:SourceArn': this.group.scheduleGroupArn,
          },
        },
      }),
      inlinePolicies: {
        permissions: new PolicyDocument({
          statements: [allow(['lambda:InvokeFunction'], [target.lambda.functionArn])],
        }),
      },
    });
    new Schedule(this, id, {
      scheduleGroup: this.group,
      schedule: ScheduleExpression.rate(every),
      target: new LambdaInvoke(target.lambda, {
        // The target would also grant every version of the function.
        role: role.withoutPolicyUpdates(),
        input: ScheduleTargetInput.fromObject(input),
        retryAttempts,
        maxEventAge: every.toSeconds() > 3_600 ? Duration.hours(1) : every,
      }),
    });
    return role;
  }
}
