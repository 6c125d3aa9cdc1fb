import type * as z from 'zod';
import type { ResultShape } from './firefly/results.ts';

/** What is wrong between fields, or between a field and the model version. */
export interface RuleFinding {
  /** Path to the field inside the body. */
  path: (string | number)[];
  message: string;
}

/** How a job of an operation is followed at Adobe, in seconds. */
export interface PollingPolicy {
  /** Wait between the submit and the first look at the status. */
  firstPollSeconds: number;
  /** The delay between two looks grows up to this. */
  pollCeilingSeconds: number;
  /** A job that Adobe has not finished by then ends as `timed_out`. */
  timeoutSeconds: number;
}

/** The values of `x-model-version` for an operation. */
export interface ModelVersions {
  values: readonly [string, ...string[]];
  /** What is sent to Adobe if neither the caller nor a setting says otherwise (Adobe: the documented default). */
  default: string;
  /** Whether Adobe refuses a request without the header. */
  required: boolean;
}

/** One generative operation of Firefly: all that the gateway knows of it stands in one such object. */
export interface OperationDefinition {
  /** The gateway's name for it, such as `images/generate`. */
  name: string;
  /** One line for the description of the API. */
  title: string;
  /** Adobe's path; the gateway's is the same. */
  path: `/${string}`;
  /** The synchronous path that Adobe removed in October 2025; the gateway serves it by waiting. */
  waitPath?: `/${string}`;
  /** Absent where the operation takes no `x-model-version`. */
  models?: ModelVersions;
  /** Every field that Adobe documents, with its limits; unknown fields are found, and passed on with a warning. */
  body: z.ZodObject;
  /** The rules between fields, and between fields and the model version. */
  rules?(fields: Readonly<Record<string, unknown>>, modelVersion: string | undefined): RuleFinding[];
  /**
   * Which of Adobe's two families of answers accepts a request: `job` names jobId, statusUrl and cancelUrl with 202,
   * `links` names two links and no jobId.
   */
  accepts: { family: 'job'; status: 202 } | { family: 'links'; status: 200 | 202 };
  result: ResultShape;
  following: PollingPolicy;
}

/** Adobe finishes images within seconds. */
export const imagePolling: PollingPolicy = { firstPollSeconds: 3, pollCeilingSeconds: 15, timeoutSeconds: 900 };
