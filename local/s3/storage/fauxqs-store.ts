import type { BuildAppOptions } from 'fauxqs';

/** The stores of fauxqs. */
export type Stores = NonNullable<BuildAppOptions['stores']>;
export type S3Store = Stores['s3Store'];
/** What a store writes to, beside its memory. */
export type Persistence = NonNullable<S3Store['persistence']>;
export type S3Object = Parameters<Persistence['upsertObject']>[1];
export type MultipartUpload = Parameters<Persistence['insertMultipartUpload']>[0];

/** The classes of fauxqs's stores, which it takes as options but does not export. */
export interface StoreClasses {
  S3Store: new () => S3Store;
  SqsStore: new () => Stores['sqsStore'];
  SnsStore: new () => Stores['snsStore'];
}

/** Loads them from the files that the pinned version has. */
export const loadStoreClasses = async (): Promise<StoreClasses> => {
  const load = (path: string) => import(new URL(path, import.meta.resolve('fauxqs')).href);
  const modules = await Promise.all(['./s3/s3Store.js', './sqs/sqsStore.js', './sns/snsStore.js'].map(load));
  const classes: StoreClasses = Object.assign({}, ...modules);
  return classes;
};
