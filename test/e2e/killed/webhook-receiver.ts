import { Webhook as Verifier } from 'standardwebhooks';
import * as z from 'zod';
import { startFakeAdobe } from '#test/fixtures/fake-adobe.ts';

/** A call that arrived at a webhook. */
export interface Told {
  path: string;
  /** The `webhook-id`. */
  messageId: string;
  type: string;
  /** The job or the batch that ended. */
  subject: string;
  /** How it ended. */
  status: string;
}

/** Receives the calls of webhooks and checks their signatures as they arrive. */
export interface WebhookReceiver {
  readonly url: string;
  readonly told: readonly Told[];
  /** What is wrong with calls that are not what they should be, such as a signature that does not fit. */
  readonly refused: readonly string[];
  /** Says what the calls to a path are signed with. */
  expect(path: string, secret: string): void;
  close(): Promise<void>;
}

const message = z.object({
  type: z.enum(['job.ended', 'batch.ended']),
  data: z.object({ jobId: z.string().optional(), batchId: z.string().optional(), status: z.string() }),
});

export const startWebhookReceiver = async (): Promise<WebhookReceiver> => {
  const server = await startFakeAdobe();
  const told: Told[] = [];
  const refused: string[] = [];
  return {
    url: server.url,
    told,
    refused,
    expect: (path, secret) =>
      server.script('POST', path, ({ headers, body }) => {
        try {
          // At once: a signature is good for five minutes, and the run may take longer.
          const { type, data } = message.parse(new Verifier(secret).verify(body, headers as Record<string, string>));
          const subject = (type === 'job.ended' ? data.jobId : data.batchId) ?? '';
          told.push({ path, messageId: String(headers['webhook-id']), type, subject, status: data.status });
        } catch (error) {
          refused.push(`${path}: ${String(error)}`);
        }
        return { status: 204 };
      }),
    close: server.close,
  };
};
