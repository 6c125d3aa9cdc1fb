import type { KeepText } from '#shared/adobe/services/photoshop/legacy/call.ts';
import type { ObjectStore } from '#shared/aws/object-store.ts';
import { contentKey } from '#shared/deployment/bucket.ts';
import { getExtension } from '#shared/media-type.ts';

/** Texts of a request that are kept as uploads of its caller, once the request is known to be valid. */
export interface KeptTexts {
  keep: KeepText;
  /** Stores what was kept. The same text has the same key: twice is once. */
  store(): Promise<void>;
}

/** Keeps texts for one request. */
export const createTextKeeper = (objects: Pick<ObjectStore, 'bucket' | 'put'>, caller: string): KeptTexts => {
  const kept = new Map<string, { bytes: Uint8Array; contentType: string }>();
  return {
    keep: (text, contentType) => {
      const bytes = Buffer.from(text);
      const key = contentKey(caller, bytes, getExtension(contentType));
      kept.set(key, { bytes, contentType });
      return `s3://${objects.bucket}/${key}`;
    },
    store: async () => {
      await Promise.all([...kept].map(([key, { bytes, contentType }]) => objects.put(key, bytes, contentType)));
    },
  };
};
