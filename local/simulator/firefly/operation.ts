import type * as z from 'zod';

/** Width and height in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** The format of an output's file. */
export type OutputFormat = 'jpeg' | 'png' | 'webp' | 'mp4';

/** What is made for a request. */
export interface Plan {
  size: Size;
  /** One for each output; drawn at random where there are fewer than outputs. */
  seeds: readonly number[];
  outputs: number;
  /** What the pictures are drawn from. */
  prompt: string;
  /** The setting's format where it is left out. */
  format?: OutputFormat;
}

/** What the result of a job is told from. */
export interface Finished {
  request: Readonly<Record<string, unknown>>;
  size: Size;
  outputs: readonly { seed: number; url: string; id: string }[];
}

/** One generative operation as Adobe documents it, read independently of the gateway. */
export interface SimulatedOperation {
  path: string;
  /** The synchronous path beside it, which Adobe no longer documents. */
  syncPath?: string;
  /** Values of `x-model-version`, the default first. */
  models?: { values: readonly [string, ...string[]]; required: boolean };
  /** The rules for a body under one model; issues name the field. Unknown fields are tolerated. */
  body(model: string): z.ZodType<Record<string, unknown>>;
  /** With `job` the answer is 202 with a job id, with `links` it has links only. */
  accepts: { family: 'job' } | { family: 'links'; status: 200 | 202 };
  plan(request: Readonly<Record<string, unknown>>): Plan;
  result(finished: Finished): Record<string, unknown>;
  /** How much longer than an image it takes. */
  slowness?: number;
}
