import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnEventBus, EventBus, type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { EventBus as EventBusTarget } from 'aws-cdk-lib/aws-events-targets';
import {
  AnyPrincipal,
  Effect,
  type IRole,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { eventBusName } from '#shared/deployment/names.ts';
import { eventSource } from '#shared/events/announcer.ts';
import { outputInspectedEvent } from '#shared/events/output-inspected.ts';
import { ends } from '#shared/permissions/announcements.ts';
import { announcersOnly } from '#shared/permissions/resource-policies.ts';
import { allow } from './functions/statements.ts';

/** The event bus of the stack: only the functions that announce ends may put events on it. */
export class GatewayEventBus extends Construct {
  readonly bus: EventBus;
  /** The role by which EventBridge copies events to the account's default bus, if it does. */
  readonly copyRole: Role | undefined;

  constructor(scope: Construct, id: string, { copiesToDefaultBus }: { copiesToDefaultBus: boolean }) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: eventBusName(stackName),
      description: `Ends of jobs and batches of ${stackName}, and inspections of outputs`,
    });
    const resource = this.bus.node.defaultChild;
    if (!(resource instanceof CfnEventBus)) throw new TypeError('The bus has no CloudFormation resource');
    resource.overrideLogicalId('EventBus');
    if (copiesToDefaultBus) this.copyRole = this.#copyToDefaultBus();
  }

  /** The ends that the gateway itself announces, and no other gateway, but for those that no webhook is told of. */
  get ownEnds(): EventPattern {
    const { detail, ...pattern } = this.#own(ends);
    return { ...pattern, detail: { ...detail, webhooks: [{ exists: false }] } };
  }

  /** Keeps everybody else of the account off the bus, also those whose own policy allows every bus. */
  admitOnly(roles: readonly IRole[]): void {
    const { actions, conditions } = announcersOnly(roles.map(({ roleArn }) => roleArn));
    const statement = new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: [...actions],
      resources: [this.bus.eventBusArn],
      conditions,
    });
    // CDK's own class for it warns of a deprecated property, which it reads itself.
    new CfnResource(this, 'Policy', {
      type: 'AWS::Events::EventBusPolicy',
      properties: {
        EventBusName: this.bus.eventBusName,
        StatementId: 'OnlyTheGatewayAnnounces',
        Statement: statement.toStatementJson(),
      },
    });
  }

  #own(detailType: readonly string[]): EventPattern {
    return { source: [eventSource], detailType: [...detailType], detail: { gateway: [Stack.of(this).stackName] } };
  }

  #copyToDefaultBus(): Role {
    const stack = Stack.of(this);
    const arn = (resource: string, resourceName: string) =>
      stack.formatArn({ service: 'events', resource, resourceName });
    const defaultBusArn = arn('event-bus', 'default');
    const role = new Role(this, 'CopyRole', {
      description: `Lets EventBridge copy the events of ${stack.stackName} to the default bus`,
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: { 'aws:SourceArn': arn('rule', `${eventBusName(stack.stackName)}/*`) },
        },
      }),
      inlinePolicies: {
        permissions: new PolicyDocument({ statements: [allow(['events:PutEvents'], [defaultBusArn])] }),
      },
    });
    const defaultBus = EventBus.fromEventBusArn(this, 'DefaultBus', defaultBusArn);
    new Rule(this, 'Copy', {
      description: 'Copies what the gateway announces to the default bus',
      eventBus: this.bus,
      eventPattern: this.#own([...ends, outputInspectedEvent]),
      targets: [new EventBusTarget(defaultBus, { role: role.withoutPolicyUpdates() })],
    });
    return role;
  }
}
