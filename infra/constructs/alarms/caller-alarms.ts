import { metricNames } from '#shared/metrics.ts';
import { gatewayMetric } from '../metrics.ts';
import { type AlarmDefinition, countAlarm } from './definition.ts';

/** What may go wrong with the tokens of callers. */
export const callerTokenAlarms = (stackName: string): AlarmDefinition[] => [
  {
    name: 'caller-tokens-refused',
    metric: gatewayMetric(stackName, metricNames.callerTokensRefused),
    threshold: 50,
    description:
      'Many requests for a token had a wrong id or secret: a client with an old secret, or guesses. The log of caller-token names callers that exist.',
  },
];

/** The budget of some caller is used up; whose it is stands in the event, never in a metric. */
export const budgetAlarms = (stackName: string): AlarmDefinition[] => [
  countAlarm(
    stackName,
    'budget-exceeded',
    metricNames.budgetExceeded,
    'A caller has used up its budget of the day or month: its requests are refused until the next one. The event "Budget Threshold Reached" and GET /usage/callers name it.',
  ),
];
