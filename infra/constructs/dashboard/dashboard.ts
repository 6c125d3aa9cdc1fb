import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { AlarmStatusWidget, Dashboard, type IAlarm, type IWidget, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { FunctionName } from '#shared/deployment/names.ts';
import { credentialGraphs } from './credential-graphs.ts';
import { deliveryGraphs, functionGraphs } from './function-graphs.ts';
import { columns, row } from './graph.ts';
import { jobGraphs, laneGraphs } from './job-graphs.ts';

interface GatewayDashboardProps {
  alarms: IAlarm[];
  /** The lanes of the services that are on. */
  lanes: readonly string[];
  rotationDays: number;
  functions: readonly FunctionName[];
  api: HttpApi;
  failures: IQueue;
  undelivered: Readonly<Record<string, IQueue | undefined>>;
}

/** One page of CloudWatch that shows how the stage does, from the queue down to the functions. */
export class GatewayDashboard extends Construct {
  constructor(scope: Construct, id: string, props: GatewayDashboardProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const title = (markdown: string): IWidget[] => [
      new TextWidget({ markdown: `## ${markdown}`, width: columns, height: 1 }),
    ];
    new Dashboard(this, 'Dashboard', {
      dashboardName: stackName,
      defaultInterval: Duration.hours(12),
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: props.alarms, width: columns, height: 6 })],
        title('Lanes'),
        row(laneGraphs(stackName, props.lanes)),
        title('Jobs'),
        row(jobGraphs(stackName)),
        title('Token and client secret'),
        row(credentialGraphs(stackName, props.rotationDays)),
        title('Functions'),
        row(functionGraphs(stackName, props.functions)),
        row(deliveryGraphs(stackName, props)),
      ],
    });
  }
}
