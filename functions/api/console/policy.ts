import type { ConsoleVariables } from '#shared/deployment/console.ts';

/**
 * What the page may do, as a content security policy (CSP Level 3): its own files run and no others, no script or style stands in
 * the page, and nothing is fetched from anywhere but the gateway, the bucket and, in mode `jwt`, the issuer.
 */
export const buildPolicy = ({
  bucketOrigin,
  issuer,
  signInOrigins = [],
}: Pick<ConsoleVariables, 'bucketOrigin' | 'issuer' | 'signInOrigins'>): string => {
  const issuerOrigin = issuer === undefined ? [] : [new URL(issuer).origin];
  const directives: Record<string, readonly string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'blob:', bucketOrigin],
    'media-src': ["'self'", 'blob:', bucketOrigin],
    'connect-src': ["'self'", bucketOrigin, ...issuerOrigin, ...signInOrigins],
    'manifest-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
    'object-src': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => [name, ...sources].join(' '))
    .join('; ');
};
