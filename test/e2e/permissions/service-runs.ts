import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { expect } from 'vitest';
import { stackNames } from '#local/stack-settings.ts';
import { metadataPath, tokenPaths } from '#shared/callers/token-paths.ts';
import { eventSource } from '#shared/events/announcer.ts';
import { jobEndedEvent } from '#shared/events/job-ended.ts';
import { scheduledFunctionNames } from '#shared/permissions/service-permissions.ts';
import type { Run } from './steps.ts';

/** What services of AWS do by themselves. */
export const serviceRuns: Record<string, Run> = {
  'schedules run by the clock': async ({ gateway }) => {
    for (const name of scheduledFunctionNames) {
      await gateway.stack.runSchedule(name, name === 'secret-rotation' ? { action: 'daily' } : {});
    }
  },
  'OAuth libraries find the token endpoint, and ask there': async ({ gateway }) => {
    expect((await fetch(new URL(metadataPath, gateway.url))).status).toBe(200);
    for (const path of tokenPaths)
      expect((await fetch(new URL(path, gateway.url), { method: 'POST' })).status).toBe(400);
  },
  'what has failed for good is kept': async ({ gateway }) => {
    const { generate, inbox, notify, thumbnail } = stackNames.functions;
    const { lambda } = gateway.stack;
    // An event that no service sends: these two end in order with any object.
    for (const name of [generate, notify]) await lambda.start(`${name}:live`, null);
    for (const target of [`${inbox}:live`, thumbnail]) await lambda.start(target, { nonsense: true });
    for (const name of [generate, inbox, notify, thumbnail]) {
      await expect.poll(() => gateway.logLines.join('\n')).toMatch(new RegExp(`${name}: Sent to .*-failures`));
    }
  },
  'an event that is too large for Lambda is kept by its rule': async ({ gateway }) => {
    const { accessKeyId, secretAccessKey } = gateway.stack.identities.generate;
    const { eventBridge: endpoint } = gateway.stack.description;
    const client = new EventBridgeClient({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
    });
    const frame = { gateway: stackNames.stack, text: '' };
    const room = 1024 * 1024 - eventSource.length - jobEndedEvent.length - JSON.stringify(frame).length;
    const Detail = JSON.stringify({ ...frame, text: 'x'.repeat(room) });
    const Entries = [{ EventBusName: stackNames.eventBus, Source: eventSource, DetailType: jobEndedEvent, Detail }];
    expect((await client.send(new PutEventsCommand({ Entries }))).FailedEntryCount).toBe(0);
    client.destroy();
    await expect.poll(() => gateway.logLines.join('\n')).toMatch(/notify: Sent to .*-undelivered-notify/);
  },
};
