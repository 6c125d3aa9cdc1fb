import type * as z from 'zod';
import type { AdobeError } from '../http/errors.ts';
import type { InputTypes } from './input-types.ts';
import type { ServiceJobList } from './job-list.ts';
import type { JobPhase, JobProgress } from './job-progress.ts';
import type { ListDefinition } from './list.ts';
import type { JobLinks, OperationDefinition } from './operation.ts';
import type { ListedOutput, OutputFailure, Reason } from './outputs.ts';

/**
 * One window of a rate limit. `hard`: Adobe refuses what goes beyond; `soft`: what Adobe asks clients to stay within
 * (default: hard).
 */
export interface RequestWindow {
  seconds: number;
  hard: number;
  soft?: number;
}

/** A named limit that operations share: its queue, permits and pause are the lane of that name. */
export interface LaneDefinition {
  /** Unique among all services. */
  name: string;
  windows: readonly RequestWindow[];
  /** Requests per UTC day. */
  requestsPerDay?: number;
}

/** Adobe's acceptance of a job; URLs are to be called verbatim, their host varies (Adobe: shard hosts). */
export interface AcceptedJob {
  jobId?: string;
  statusUrl: string;
  cancelUrl?: string;
}

/**
 * What may help after a refused submit: time (`rate`: the limit per window, `quota`: that of the contract, `retry`: nothing
 * was done and another try may pass), an operator (`access`: the credential may not use the service; `intercepted`: something
 * in between refused the request, which never reached Adobe), or nothing (`content`: what the request asks for or shows is
 * not allowed; `final`: the request is at fault otherwise). `unknown`: Adobe may have taken the job.
 */
export type RefusalKind = 'rate' | 'quota' | 'access' | 'intercepted' | 'retry' | 'content' | 'final' | 'unknown';

/** A job as a service's own bodies present it. */
export interface PresentedJob {
  jobId: string;
  phase: JobPhase;
  /** The result as the operation's shape presents it; there is one of a job that has succeeded, also partially. */
  result?: Record<string, unknown>;
  /** Why the job has no result. */
  error?: Reason;
  /** One entry for each output that is missing. */
  errors?: readonly OutputFailure[];
  /** ISO. */
  createdAt: string;
  /** ISO; the last change of its state. */
  updatedAt: string;
  /** Where it is at the gateway, for services whose bodies say so. */
  links: JobLinks;
  /** The query of the status call, for services whose status comes in pages. */
  query?: Readonly<Record<string, string | undefined>>;
}

/** A refusal of a request by the gateway, before anything was sent to Adobe. */
export interface PresentedRefusal extends Reason {
  /** HTTP status, 4xx. */
  status: number;
  /** Every field of the body that is wrong, with its path inside the body; empty if none is at fault. */
  fields: readonly { path: (string | number)[]; message: string; type: string }[];
}

/** A second place where a service tells the URLs of outputs, for when the status of their job is gone. */
export interface OutputRenewal {
  /**
   * Where to ask, with the token.
   *
   * @param result as it is kept in the job's record
   */
  getUrl(result: Readonly<Record<string, unknown>>): string | undefined;
  /** Reads the answer: the outputs in the places that they have in the result; undefined where it does not name them. */
  read(body: unknown, result: Readonly<Record<string, unknown>>): ListedOutput[];
}

/** The words and bodies of a service: pure functions. */
export interface ServiceDialect {
  /**
   * Reads the body of an answer with a 2xx status.
   *
   * @returns undefined if it names no URL by which the job can be followed
   */
  readAcceptance(body: unknown): AcceptedJob | undefined;
  /** Codes with which the service refuses content, whatever the HTTP status, and what a caller can do about each. */
  contentRefusals?: Readonly<Record<string, string>>;
  /**
   * Codes that speak of the contract or the credential, not of one job, at once or when a job ends: what is sent next meets them too.
   */
  contractCodes?: Readonly<Record<string, 'quota' | 'access'>>;
  /** Classifies a refusal in JSON where the service knows more than the HTTP status says (the default). */
  classifyRefusal?(error: AdobeError): RefusalKind | undefined;
  /**
   * Reads a status body. An unknown word counts as running (Adobe: the list may grow).
   *
   * @returns undefined if it is none
   */
  readStatus(body: unknown, operation: OperationDefinition): JobProgress | undefined;
  renewal?: OutputRenewal;
  /** Builds the status body as callers see it. */
  statusSchema(): z.ZodObject;
  /** The status body that a caller gets who waited for a job that has succeeded, also partially; the result itself if absent. */
  presentResult?(job: PresentedJob, operation: OperationDefinition): Record<string, unknown>;
  /** The same as a text, where Adobe's is no single JSON. */
  writeResult?(job: PresentedJob, operation: OperationDefinition): string | undefined;
  /** Writes the status body of a job. */
  presentStatus(job: PresentedJob, operation: OperationDefinition): Record<string, unknown>;
  /** The answer to a cancel call; 200 without a body if absent. */
  cancelAnswer?: { status: 202; schema(): z.ZodObject; write(jobId: string): Record<string, unknown> };
  /**
   * Writes the gateway's own refusal of a request as the service would; members of problem+json stand beside where they do not
   * collide. Problem+json alone if absent.
   */
  presentRefusal?(refusal: PresentedRefusal, operation: OperationDefinition): Record<string, unknown>;
  /**
   * The URL of the next page of a status body whose outputs come in pages; undefined at the end. Lists at the top of the pages
   * are joined before they are read.
   */
  nextPage?(body: unknown, statusUrl: string): string | undefined;
}

/** A request that goes on from an output. */
export interface FollowUp {
  operation: OperationDefinition;
  body: Record<string, unknown>;
}

/** A service of Adobe's: one folder holds all that the gateway knows of it. */
export interface AdobeService {
  /** Settings key and metric dimension, such as `firefly`. */
  id: string;
  /** Its name for people. */
  title: string;
  /** Origin of its API; a setting overrides it. */
  baseUrl: string;
  /** An operation that names no lane uses the first. */
  lanes: readonly [LaneDefinition, ...LaneDefinition[]];
  /** How `s3://` and `job:` inputs reach it: as uploads to Adobe's storage, or as presigned GETs in the request. */
  inputs: 'adobe-upload' | 'presigned-get';
  /** Media types of the inputs that it takes; any if absent. */
  inputTypes?: InputTypes;
  /** Domains from which it takes inputs, with all that lies under them; any if absent. */
  inputDomains?: readonly string[];
  /** Largest input by presigned GET, in bytes; 5 GB if absent. */
  maxInputBytes?: number;
  /** Where its outputs are: at a URL of Adobe's, or where the request told it to put them. */
  outputs: 'hosted' | 'destination';
  dialect: ServiceDialect;
  /** Path of the status call, Adobe's and the gateway's, such as `/v3/status/{jobId}`; services may share one. */
  statusPath: `/${string}`;
  /** Path of the cancel call, of the same form; absent if the service has none. */
  cancelPath?: `/${string}`;
  /** The header by which it wants to be told the IMS organization. */
  organizationHeader?: string;
  /** How long it tells what came of a job after its end, in seconds; for so long that nobody is late if absent. */
  statusSeconds?: number;
  /** The lane whose windows count its polls as well. */
  polls?: { lane: string };
  /** A call without effect that tells whether the credential is let in, where one of the status call would count as a poll. */
  accessPath?: `/${string}`;
  /** Scopes that its documentation prints for a token. */
  scopes?: readonly string[];
  /** Name of the product in Adobe's Developer Console that an organization adds to use it. */
  product?: string;
  operations: readonly OperationDefinition[];
  /** Paths of calls that Adobe has ended and the gateway answers by these operations, statuses among them. */
  legacyPaths?: readonly string[];
  /** What it lists at once; nothing if absent. */
  lists?: readonly ListDefinition[];
  /** Its lists of jobs, of which each caller gets its own; none if absent. */
  jobLists?: readonly ServiceJobList[];
  /** A request for more like an output, if an output of this media type can be an input. */
  similar?(contentType: string, url: string): FollowUp | undefined;
}
