import type * as z from 'zod';
import { jobOutputPattern, s3UrlPattern } from './firefly/image-source.ts';
import type { OperationDefinition } from './operation.ts';
import type { AdobeService } from './service.ts';

/** A text in a request body, and the path to it. */
export interface FoundText {
  path: (string | number)[];
  text: string;
}

/** Whether a member says where an output is to be put, so that no input stands in it (Adobe: `destination`, `mediaDestination`). */
export const isDestination = (name: string): boolean => /destination$/i.test(name);

/** Every text of one of these names in a request body, wherever it stands but in a destination. */
export const findTexts = (value: unknown, names: readonly string[], path: (string | number)[] = []): FoundText[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    if (isDestination(key)) return [];
    const here = [...path, Array.isArray(value) ? Number(key) : key];
    return names.includes(key) && typeof inner === 'string'
      ? [{ path: here, text: inner }]
      : findTexts(inner, names, here);
  });
};

/** The fields that name files; Content Tagging has its own. */
export const urlFields: readonly string[] = ['url', 'repo:path'];

/** Every URL of a file in a request body, wherever it stands but in a destination. */
export const findUrls = (body: unknown): FoundText[] => findTexts(body, urlFields);

/**
 * Every input of a request that its service would not fetch: it takes https only, and of some domains only. Services that get their
 * inputs as uploads say themselves which URLs they take beside.
 */
export const findUnreachableUrls = (
  operation: Pick<OperationDefinition, 'inputDomains'>,
  service: Pick<AdobeService, 'inputs' | 'inputDomains'>,
  body: unknown,
): z.core.$ZodIssue[] => {
  if (service.inputs !== 'presigned-get') return [];
  const domains = operation.inputDomains ?? service.inputDomains;
  return findUrls(body)
    .filter(({ text }) => !s3UrlPattern.test(text) && !jobOutputPattern.test(text) && !isReachable(text, domains))
    .map(({ path }) => ({ code: 'custom', path, message: describeDomains(domains), input: undefined }));
};

const describeDomains = (domains: readonly string[] | undefined): string =>
  `the URL must be s3://bucket/key, job:<jobId>/<n>, or https${domains === undefined ? '' : ` under one of ${domains.join(', ')}`}`;

const isReachable = (text: string, domains: readonly string[] | undefined): boolean => {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, port } = new URL(text);
  if (protocol !== 'https:' || username !== '' || password !== '') return false;
  return (
    domains === undefined ||
    (port === '' && domains.some((domain) => hostname === domain || hostname.endsWith(`.${domain}`)))
  );
};

const maxNameLength = 200;

/** A name out of a request as warnings quote it. */
export const shortenName = (name: string): string => name.toWellFormed().slice(0, maxNameLength);
