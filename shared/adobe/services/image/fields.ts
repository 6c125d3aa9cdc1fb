import * as z from 'zod';
import type { PollingPolicy } from '../operation.ts';
import { inputUrl } from '../photoshop/sources.ts';

/** Domains from which Adobe takes images for removing backgrounds and for masks. */
export const imageDomains = [
  'amazonaws.com',
  'windows.net',
  'dropboxusercontent.com',
  'assets.frame.io',
  'storage.googleapis.com',
] as const;

/** Domains from which Adobe takes images to crop. */
export const cropDomains = [...imageDomains, 'adobe.io', 'azureedge.net'] as const;

/** An image that Adobe fetches from one of some domains. */
export const sourceFrom = (domains: readonly string[]) => z.strictObject({ url: inputUrl(domains) });

/** An image of masking; Adobe's guides name its type beside the source. */
export const maskingImage = <Types extends readonly [string, ...string[]]>(types: Types) =>
  z.strictObject({ source: sourceFrom(imageDomains), mediaType: z.enum(types).optional() });

/** Adobe: what masking reads. */
export const maskingTypes = ['image/jpeg', 'image/png'] as const;

/** Adobe: seconds for most images. */
export const imagePolling: PollingPolicy = { firstPollSeconds: 3, pollCeilingSeconds: 30, timeoutSeconds: 3_600 };
