import type * as z from 'zod';
import { services } from '#shared/adobe/services/registry.ts';

/** The groups into which the calls of the API are sorted. */
export const tags: Readonly<Record<string, string>> = {
  ...Object.fromEntries(services.map(({ title }) => [title, "Adobe's own calls, with Adobe's paths and bodies"])),
  Jobs: 'Requests and their outcome',
  Inputs: 'Images for requests',
  Batches: 'Thousands of requests at once',
  Webhooks: 'Messages when jobs and batches end',
  Usage: 'What jobs cost',
  Callers: 'What you may do',
  Operation: 'For those who run the gateway',
};

/** A body of a request or an answer, by its content type: what builds its schema; `binary` stands for any bytes. */
export type Content = Readonly<Record<string, (() => z.ZodType) | 'binary'>>;

/** One answer of a call. */
export interface AnswerDescription {
  description: string;
  content?: Content;
  headers?: Readonly<Record<string, string>>;
}

/** Status of an error, or a range of them. */
export type ErrorStatus = number | '4XX' | '5XX';

/** What the description of the API says of one call; path parameters follow from the path. */
export interface RouteDescription {
  /** One of {@link tags}. */
  tag: string;
  /** One line. */
  summary: string;
  /** Markdown. */
  description?: string;
  /** Builds the schema of the query parameters, each with a `description`. */
  query?(): z.ZodObject;
  /** Builds the schema of the headers, each with a `description`. */
  headers?(): z.ZodObject;
  body?: Content;
  /** Answers by their status; those of errors that any call can have are added. */
  answers: Readonly<Record<number, AnswerDescription>>;
  /** Statuses of the call's own errors; a range where Adobe's status is passed on. */
  errors?: readonly ErrorStatus[];
  /** Whether refusals have the error body of the call's service. */
  hasServiceErrors?: boolean;
  /** Whether it takes no credentials. */
  open?: boolean;
  /** What a form for the call needs to know beside its schemas; written as `x-gateway-operation`. */
  operation?: DescribedOperation;
}

/** A call that makes something. */
export interface DescribedOperation {
  /** The gateway's name for it, which jobs have as `operation`. */
  name: string;
  /** Places of texts in the body that say what is to be made, such as `variations[].text`. */
  promptFields?: readonly string[];
  /** The header that names a model, and the model that is taken without it. */
  model?: { header: string; default?: string };
}
