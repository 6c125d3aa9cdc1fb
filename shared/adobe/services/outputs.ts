import type * as z from 'zod';

/** A code and a sentence of Adobe's. */
export interface Reason {
  code: string;
  message: string;
}

/** One output as Adobe describes it. */
export interface UpstreamOutput {
  seed?: number;
  /** Where it can be fetched, for a time that each service sets; absent if Adobe wrote it to the destination that the request named. */
  url?: string;
  /** What Adobe's answer holds in place of a URL. */
  embedded?: EmbeddedContent;
  /** What else Adobe says about the output, such as a name; passed on unchanged. */
  fields?: Record<string, unknown>;
}

/** An output that stands in Adobe's answer itself; it is stored as an object like any other. */
export interface EmbeddedContent {
  content: Uint8Array<ArrayBuffer>;
  contentType: string;
}

/** An output that Adobe could not make, in the place in which it would stand. */
export interface FailedOutput {
  error: Reason;
}

/** One place in Adobe's list of outputs. What cannot be read is undefined in its place: it costs the others nothing. */
export type ListedOutput = UpstreamOutput | FailedOutput | undefined;

/** Whether Adobe says that it could not make this output. */
export const isFailedOutput = (output: ListedOutput): output is FailedOutput =>
  output !== undefined && 'error' in output;

/** Why an output is not there: its place in Adobe's list, from 0; without one Adobe did not list it. */
export interface OutputFailure extends Reason {
  index?: number;
}

/** A stored output as a service's own body shows it. */
export interface PresentedFile extends Pick<UpstreamOutput, 'seed' | 'fields'> {
  /** Its place in Adobe's list, from 0; those that are not stored leave gaps. */
  index: number;
  /** Signed at this moment. */
  url: string;
  /** Of an output that Adobe embedded in its answer: its bytes, up to {@link maxInlineBytes}. */
  content?: Uint8Array;
}

/** Embedded content is put back into the service's body up to this size; what is larger is given by its URL. */
export const maxInlineBytes = 256 * 1024;

/** Where the outputs stand in Adobe's result of an operation:. */
export interface ResultShape {
  /** The result as callers see it. */
  schema(): z.ZodObject;
  /** What an output is where neither its server nor its first bytes tell; undefined where it may be several things. */
  mediaType?: string;
  /**
   * Reads Adobe's result.
   *
   * @returns `rest`, what is stored besides the outputs; undefined if the result is none of this operation
   */
  read(result: unknown): { outputs: ListedOutput[]; rest: Record<string, unknown> } | undefined;
  /**
   * Writes the result as Adobe would, with the gateway's URLs.
   *
   * @param rest as {@link read} had it
   * @param files the outputs that are stored, in their order
   * @param errors why the others are not
   */
  present(
    rest: Readonly<Record<string, unknown>>,
    files: readonly PresentedFile[],
    errors?: readonly OutputFailure[],
  ): Record<string, unknown>;
}

/** Outputs that Adobe writes to URLs which the request names (presigned PUTs), rather than hosting them itself. */
export interface OutputDestinations {
  /**
   * The request with one URL for each of its outputs, in the order in which the result names them. Absent where nobody knows the
   * outputs beforehand, so that Adobe hosts them.
   */
  write?(body: Readonly<Record<string, unknown>>, urls: readonly string[]): Record<string, unknown>;
  /**
   * The URLs to which the caller wants outputs written, by their order in the result; undefined for an output without one. The
   * gateway writes there itself, once its own copies are safe. Absent if requests of the operation cannot name any.
   *
   * @param result what is stored besides the outputs, where requests name outputs by what Adobe says of them
   */
  read?(body: Readonly<Record<string, unknown>>, result?: Readonly<Record<string, unknown>>): (string | undefined)[];
  /** The request without the caller's destinations, so that Adobe hosts its outputs; required beside {@link read}. */
  host?(body: Readonly<Record<string, unknown>>): Record<string, unknown>;
  /**
   * The final status body that Adobe would have answered, for a job whose answer was lost and whose outputs are all there; it is
   * read by the service's dialect like any other. Without it a lost answer is never resolved.
   *
   * @param urls stand for the outputs, in their order
   */
  presume?(body: Readonly<Record<string, unknown>>, urls: readonly string[]): Record<string, unknown>;
}
