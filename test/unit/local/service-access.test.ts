import { describe, expect, it, vi } from 'vitest';
import { createDeadLetters } from '#local/dead-letters.ts';
import type { EventRule } from '#local/event-rules.ts';
import type { BusEvent } from '#local/eventbridge.ts';
import type { HttpApiEvent } from '#local/http-api/request-event.ts';
import { createAuthorizer, type IamDirectory } from '#local/iam/authorizer.ts';
import { sourceArns, stackArns } from '#local/stack-arns.ts';
import { createIdentities } from '#local/stack-identities.ts';
import { createInvokers } from '#local/stack-invokers.ts';
import { stackNames, stackSettings } from '#local/stack-settings.ts';

const identities = createIdentities(stackSettings({ thumbnails: true }), false);
const live = stackNames.functions;
const event = {} as BusEvent;
const request = { requestContext: { http: { method: 'POST', path: '/oauth2/token' } } } as HttpApiEvent;
const rule = (name: EventRule['name'], functionReference: string) => ({ name, functionReference }) as EventRule;

/** The invokers of a stack whose policies are changed. */
const build = (change: (directory: IamDirectory) => IamDirectory = (directory) => directory) => {
  const lambda = { invoke: vi.fn(async () => 'answer'), start: vi.fn(async () => {}) };
  const authorizer = createAuthorizer(change(identities.directory));
  const lines: string[] = [];
  const letters = createDeadLetters(authorizer, identities.functions, (_, line) => lines.push(line));
  return { lambda, lines, letters, ...createInvokers(lambda, authorizer, identities.schedules) };
};

const without =
  (arn: string) =>
  (directory: IamDirectory): IamDirectory => ({
    ...directory,
    resourcePolicies: { ...directory.resourcePolicies, [arn]: [] },
  });

describe('a service of AWS', () => {
  it('invokes what its source may', async () => {
    const { api, startByRule, rotate, runSchedule, lambda } = build();
    expect(await api.invokeApi(request)).toBe('answer');
    expect(await api.invokeCallerToken(request)).toBe('answer');
    expect(await api.invokeAuthorize(request)).toBe('answer');
    await startByRule(rule('inbox', `${live.inbox}:live`), event);
    await startByRule(rule('notify', `${live.notify}:live`), event);
    await startByRule(rule('thumbnail', live.thumbnail), event);
    await rotate(live['secret-rotation'], { SecretId: sourceArns.clientCredentials.replace('??????', 'AbCdEf') });
    await rotate(live['signing-key'], { SecretId: sourceArns.callers.signingKey.replace('??????', 'AbCdEf') });
    for (const name of ['dispatch', 'token-refresh', 'secret-rotation'] as const) {
      expect(await runSchedule(name, {})).toBe('answer');
    }
    expect(lambda.invoke).toHaveBeenCalledTimes(8);
    expect(lambda.start).toHaveBeenCalledTimes(3);
  });

  it.each<[string, (invokers: ReturnType<typeof build>) => Promise<unknown>]>([
    [
      'a path that has a token already',
      ({ api }) =>
        api.invokeCallerToken({ requestContext: { http: { method: 'GET', path: '/jobs' } } } as HttpApiEvent),
    ],
    ['a function by another rule', ({ startByRule }) => startByRule(rule('inbox', `${live.notify}:live`), event)],
    ['a durable function without its alias', ({ startByRule }) => startByRule(rule('inbox', live.inbox), event)],
    [
      'the rotation of another secret',
      ({ rotate }) => rotate(live['signing-key'], { SecretId: sourceArns.clientCredentials }),
    ],
    ['what rotates nothing', ({ rotate }) => rotate(live.dispatch, { SecretId: sourceArns.clientCredentials })],
  ])('does not invoke %s', async (_, invoke) => {
    const invokers = build();
    await expect(invoke(invokers)).rejects.toMatchObject({
      code: 'AccessDeniedException',
      message: expect.stringMatching(/amazonaws.com is not authorized .* because no resource-based policy allows/),
    });
    expect(invokers.lambda.invoke).not.toHaveBeenCalled();
    expect(invokers.lambda.start).not.toHaveBeenCalled();
  });

  it('takes on the role of a schedule only where the role says so', async () => {
    const { runSchedule } = build(without(identities.schedules.dispatch.arn));
    await expect(runSchedule('dispatch', {})).rejects.toThrow('sts:AssumeRole');
    expect(await runSchedule('token-refresh', {})).toBe('answer');
  });
});

describe('what has failed for good', () => {
  it('goes to the queue of failures by the role of its function', () => {
    const { letters, lines } = build();
    letters.sendFailure(live.generate, 'execution 1');
    letters.sendFailure(live.dispatch, 'invocation 1');
    expect(lines).toEqual([`Sent to ${stackArns.failures}: execution 1`]);
  });

  it.each(['inbox', 'notify', 'thumbnail'] as const)(
    'goes to the queue of the rule of %s, if its policy lets it',
    (name) => {
      const { letters, lines } = build();
      letters.sendUndelivered(name, 'an event');
      expect(lines).toEqual([expect.stringMatching(`^Sent to .*-undelivered-${name}: an event$`)]);
      const refused = build((directory) => ({ ...directory, resourcePolicies: {} }));
      refused.letters.sendUndelivered(name, 'an event');
      expect(refused.lines).toEqual([
        expect.stringMatching(/^Lost, .* no resource-based policy allows the sqs:SendMessage action$/),
      ]);
    },
  );
});
