import type { JobRecord } from '../api/jobs.ts';

/** The request of a job for a shell. The token is left to the reader: it must not get into a history of commands. */
export const buildCurl = ({ links, request }: Pick<JobRecord, 'links' | 'request'>): string => {
  const { reuse } = links;
  const href = reuse?.href ?? `${location.origin}/v3/images/generate-async`;
  const headers = Object.entries(reuse?.headers ?? { 'content-type': 'application/json' });
  return [
    `curl -X POST ${quote(href)}`,
    '-H "authorization: Bearer $TOKEN"',
    ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    `-d ${quote(JSON.stringify(request))}`,
  ].join(' \\\n  ');
};

// Within single quotes a POSIX shell takes everything as it stands, but a single quote.
const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
