import type * as z from 'zod';
import { once } from '../../once.ts';
import type { InputTypes } from './input-types.ts';
import type { OutputDestinations, ResultShape, UpstreamOutput } from './outputs.ts';

/** What is wrong between fields, or between a field and the model version. */
export interface RuleFinding {
  /** Path to the field inside the body. */
  path: (string | number)[];
  message: string;
}

/** How the status of an operation's jobs is polled at Adobe, in seconds. */
export interface PollingPolicy {
  /** Wait between the submit and the first poll. */
  firstPollSeconds: number;
  /** Whether the first poll comes when most jobs are done, once that is known; otherwise it stays where it is. */
  learnsFirstPoll?: boolean;
  /** The delay between two polls grows up to this. */
  pollCeilingSeconds: number;
  /** A job that Adobe has not finished by then ends as `timed_out`. */
  timeoutSeconds: number;
}

/** The model versions of an operation, and the header that names one of them. */
export interface ModelVersions {
  /** In lower case, such as `x-model-version`. */
  header: string;
  values: readonly [string, ...string[]];
  /** What is sent to Adobe if neither the caller nor a setting says otherwise (Adobe: the documented default). */
  default: string;
  /** Whether Adobe refuses a request without the header. */
  required: boolean;
}

/** Where a job can be followed and cancelled. */
export interface JobLinks {
  statusUrl: string;
  cancelUrl: string;
}

/** How Adobe accepts a request of an operation. */
export interface AcceptanceShape {
  /** HTTP status. */
  status: 200 | 201 | 202;
  /** Builds the body as callers see it. */
  schema(): z.ZodObject;
  /** Writes the body as Adobe would, with the gateway's id and URLs. */
  write(jobId: string, links: JobLinks): Record<string, unknown>;
}

/** How a request is sent, where that is not its JSON. */
export interface EncodedRequest {
  body: string;
  /** With its content type. */
  headers: Record<string, string>;
}

/** A request that Adobe answers with the result itself: there is no job to follow there. */
export interface SynchronousCall {
  /** How long the answer may take, in seconds. */
  answerSeconds(body: Readonly<Record<string, unknown>>): number;
  /**
   * Reads the text of an answer with a 2xx status into what the dialect reads as a status.
   *
   * @returns undefined if it is no result
   */
  parse(text: string): Readonly<Record<string, unknown>> | undefined;
}

/** Requests that may also come as a form: one part is the JSON, the others are files that it names. */
export interface FormRequest {
  /** Name of the part with the JSON. */
  part: string;
  /**
   * Puts sources in the places where the JSON names parts.
   *
   * @param findUrl the URL of a part by its name; undefined if there is none
   */
  replaceFiles(body: unknown, findUrl: (part: string) => string | undefined): unknown;
}

/** One operation of a service: all that the gateway knows of it stands in one such object. */
export interface OperationDefinition {
  /** The gateway's name for it, such as `images/generate`; unique among all services. */
  name: string;
  /** One line for the description of the API. */
  title: string;
  /** Adobe's path; the gateway's is the same. */
  path: `/${string}`;
  /** A synchronous path beside it, which the gateway serves by waiting. */
  waitPath?: `/${string}`;
  /** The parameter of the query that asks for the same with `true`. */
  waitQuery?: string;
  /** Name of the service's lane whose limit its requests count against; the service's first one if absent. */
  lane?: string;
  /** Absent where the operation has a single model. */
  models?: ModelVersions;
  /**
   * Headers that go to Adobe with a request and are secrets of the caller, in lower case; each is required. They are kept apart from
   * the record and the request, and erased once Adobe has taken the job or it has ended.
   */
  secretHeaders?: readonly string[];
  /** Every field that Adobe documents, with its limits; unknown fields are found, and passed on with a warning. */
  body: z.ZodObject;
  /** The places in the body whose texts say what is to be made, such as `variations[].text`; none if absent. */
  promptFields?: readonly string[];
  /** The rules between fields, and between fields and the model version. */
  rules?(fields: Readonly<Record<string, unknown>>, modelVersion: string | undefined): RuleFinding[];
  /** Sentences about what Adobe does not document in a request that is passed on all the same. */
  warnings?(body: unknown): string[];
  /**
   * Whether an earlier job's outputs may answer the same request, if its caller asks for that; never if absent.
   */
  reusable?(body: Readonly<Record<string, unknown>>): boolean;
  /** The request of a job with the seeds of its outputs, which steer and do not reproduce; absent where outputs have none. */
  repeat?(
    body: Readonly<Record<string, unknown>>,
    outputs: readonly Pick<UpstreamOutput, 'seed'>[],
  ): Record<string, unknown>;
  /**
   * How many outputs a request asks for; one if absent. Undefined where nobody can know before the job has ended: nothing is missing
   * by number then, and a result without any file is a success if the service says so.
   */
  countOutputs?(body: Readonly<Record<string, unknown>>): number | undefined;
  /** Operations that Adobe's public card has for an output, or for each second of one by its height; 1 for an output if absent. */
  rate?: number | Readonly<Record<string, number>>;
  /** How long, in seconds, and how high, in pixels of the shorter side, an output is; required with a rate by height. */
  measureOutput?(body: Readonly<Record<string, unknown>>): { seconds: number; height: number };
  accepts: AcceptanceShape;
  result: ResultShape;
  form?: FormRequest;
  /** Writes the JSON text of a request as it is sent; as it is if absent. */
  encode?(text: string): EncodedRequest;
  synchronous?: SynchronousCall;
  /** Media types of its inputs; those of the service if absent. */
  inputTypes?: InputTypes;
  /** Domains from which it takes inputs, with all that lies under them; those of the service if absent. */
  inputDomains?: readonly string[];
  /** Where its outputs are, unless a setting says otherwise; as the service has it if absent. */
  outputs?: 'hosted' | 'destination';
  /** Required where outputs can go to a destination. */
  destinations?: OutputDestinations;
  /** Path of its status call, if it is not that of the service. */
  statusPath?: `/${string}`;
  /** Path of its cancel call, if it is not that of the service. */
  cancelPath?: `/${string}`;
  polling: PollingPolicy;
}

/** An operation as its file has it. */
export type OperationSource = Omit<OperationDefinition, 'body'> & { body(): z.ZodObject };

/** Builds the body when it is first asked for: of all operations, a function that starts needs few or none. */
export const defineOperation = ({ body, ...operation }: OperationSource): OperationDefinition => {
  const getBody = once(body);
  return {
    ...operation,
    get body() {
      return getBody();
    },
  };
};

/** How many outputs a request of an operation asks for, and so how many are paid for; undefined where nobody can know. */
export const countRequestedOutputs = (
  { countOutputs }: Pick<OperationDefinition, 'countOutputs'>,
  body: Readonly<Record<string, unknown>>,
): number | undefined => (countOutputs === undefined ? 1 : countOutputs(body));
