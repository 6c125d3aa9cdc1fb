import * as z from 'zod';
import { once } from '../once.ts';
import { enabledServices, getBaseUrl, type ServicesSettings } from './services.ts';

/** An https origin such as `https://firefly-api.adobe.io`: no path, query, user or trailing slash. */
export const httpsOrigin = once(() =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && new URL(text).protocol === 'https:' && new URL(text).origin === text,
      'must be an https origin without a path, such as https://example.com',
    ),
);

/** A host allow-list entry: `.example.com` (any subdomain, https) or an https origin (exactly that one). */
export const hostEntry = once(() =>
  z.union([z.string().regex(/^(\.[a-z0-9-]+){2,}$/), httpsOrigin()], {
    error: 'must be a suffix such as .example.com or an https origin such as https://example.com',
  }),
);

/** A browser origin for CORS: an https origin, http://localhost with any port, or `*` for every origin. */
export const corsOrigin = once(() =>
  z.union([z.literal('*'), httpsOrigin(), z.string().regex(/^http:\/\/localhost(:\d{1,5})?$/)], {
    error: 'must be an https origin, http://localhost with or without a port, or *',
  }),
);

/** What says which hosts a deployment trusts. */
interface TrustedHosts {
  services: ServicesSettings;
  extraStatusHosts: string[];
  extraDownloadHosts: string[];
}

/** Where the bearer token may go: Adobe's status hosts vary by shard (Adobe), all below `adobe.io`. */
export const statusHosts = ({ services, extraStatusHosts }: Omit<TrustedHosts, 'extraDownloadHosts'>): string[] =>
  distinct(['.adobe.io', ...baseUrls(services), ...extraStatusHosts]);

/**
 * Where outputs may be fetched from, without the token. Adobe documents S3 as the place of its outputs, but neither
 * bucket nor region, and stores some products' files on Azure: a job that was paid for must not fail for that. Of Amazon's names only
 * those of buckets count: any machine in EC2 has a name below `amazonaws.com`.
 */
export const downloadHosts = ({ services, extraDownloadHosts }: Omit<TrustedHosts, 'extraStatusHosts'>): string[] =>
  distinct([
    '.adobe.io',
    '.adobe.com',
    ...bucketHosts,
    '.blob.core.windows.net',
    ...baseUrls(services),
    ...extraDownloadHosts,
  ]);

// Amazon S3, "Virtual hosting of buckets": with and without region, dual stack, and transfer acceleration.
const bucketHosts = [
  '.s3.amazonaws.com',
  '.s3.*.amazonaws.com',
  '.s3.dualstack.*.amazonaws.com',
  '.s3-accelerate.amazonaws.com',
  '.s3-accelerate.dualstack.amazonaws.com',
];

const baseUrls = (services: ServicesSettings): string[] =>
  enabledServices(services).map((service) => getBaseUrl(services, service));

const distinct = (entries: string[]): string[] => [...new Set(entries)];
