import { GetObjectCommand, S3ServiceException } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { eraseObjects, listVersions, type ObjectVersion } from '#shared/aws/erase-objects.ts';
import { condition } from '#shared/aws/expressions.ts';
import { queryPages } from '#shared/aws/table.ts';
import { removeItems } from '#shared/aws/write-items.ts';
import {
  hashCaller,
  inboxFolder,
  manifestName,
  prefixes,
  receiptsFolder,
  thumbnailPrefix,
  uploadsFolder,
} from '#shared/deployment/bucket.ts';
import { jobPartitions } from '#shared/deployment/tables.ts';
import { eraseOutputs } from '#shared/erasing/erase-job.ts';
import type { Erasure } from '#shared/erasing/erasure.ts';
import { jobsOfCaller } from '#shared/jobs/job-list.ts';
import { once } from '#shared/once.ts';
import { listCallerCosts } from '#shared/usage/caller-costs.ts';
import type { InboxContext } from '../context.ts';
import type { Progress } from './erase-job.ts';

/** Erases what a caller uploaded and dropped, with the receipts; what came after the request to erase is kept. */
export const eraseFilesOf = async (
  { s3, bucket }: Pick<InboxContext, 's3' | 'bucket'>,
  caller: string,
  { requestedAt }: Pick<Erasure, 'requestedAt'>,
): Promise<void> => {
  const requestedSecond = wholeSecond(Date.parse(requestedAt));
  // S3 tells whole seconds: what came in the second of the request may be older than it, and goes.
  const isMeant = ({ changedAt }: ObjectVersion): boolean => wholeSecond(changedAt) <= requestedSecond;
  await eraseObjects(s3, bucket, uploadsFolder(caller), isMeant);
  const inbox = inboxFolder(caller);
  if (inbox === undefined) return;
  await eraseObjects(s3, bucket, inbox, isMeant);
  await eraseObjects(s3, bucket, receiptsFolder(inbox), isMeant);
};

const wholeSecond = (ms: number): number => Math.floor(ms / 1_000);

/**
 * Erases what jobs of a caller share, and what they cost. A caller that has made jobs since the erasure was asked for keeps both: begun
 * anew, its limits would let more pass, and what its jobs give back would make its budgets negative.
 */
export const eraseCountersOf = async (
  { table }: InboxContext,
  caller: string,
  { requestedAt }: Pick<Erasure, 'requestedAt'>,
): Promise<void> => {
  const { done } = await jobsOfCaller(table, caller, requestedAt).next();
  if (done !== true) return;
  const where = condition`#pk = ${jobPartitions.caller(caller)}`;
  for await (const { Items = [] } of queryPages(table, { where, consistent: true })) await removeItems(table, Items);
  for await (const items of listCallerCosts(table, caller)) await removeItems(table, items);
};

// Of up to 1,000 versions each.
const pagesInStep = 20;
const manifestEnd = `/${manifestName}`;
const positionSchema = once(() => z.object({ key: z.string().optional(), versionId: z.string().optional() }));

/**
 * Erases the outputs of jobs whose records have expired: all outputs are looked through for descriptions that name the caller, as
 * nothing else tells whose they are.
 */
export const eraseOutputsOf = async (
  { s3, bucket }: InboxContext,
  caller: string,
  { requestedAt }: Pick<Erasure, 'requestedAt'>,
  position?: string,
): Promise<Progress> => {
  const after = position === undefined ? {} : positionSchema().parse(JSON.parse(position));
  const hash = hashCaller(caller);
  const erase = (prefix: string) => eraseObjects(s3, bucket, prefix);
  let pages = 0;
  for await (const { versions, next } of listVersions(s3, bucket, prefixes.outputs, after)) {
    for (const version of versions) {
      if (!version.key.endsWith(manifestEnd) || version.etag === undefined) continue;
      const manifest = await readManifest({ s3, bucket }, version);
      if (manifest?.caller !== hash || manifest.createdAt > requestedAt) continue;
      for (const { key } of manifest.outputs) {
        await eraseObjects(s3, bucket, key, (found) => found.key === key);
        await erase(`${thumbnailPrefix(key)}/`);
      }
      await eraseOutputs(erase, version.key.slice(0, -manifestName.length));
    }
    pages += 1;
    if (pages === pagesInStep && next !== undefined) return { next: JSON.stringify(next), waitsFor: 0 };
  }
  return { waitsFor: 0 };
};

const manifestSchema = once(() =>
  z.object({
    caller: z.string(),
    /** Of the job; ISO. */
    createdAt: z.string().default(''),
    outputs: z.array(z.object({ key: z.string().startsWith(prefixes.outputs) })),
  }),
);

/** Undefined if the object is no description of a job, or has gone with an earlier version of it. */
const readManifest = async (
  { s3, bucket }: Pick<InboxContext, 's3' | 'bucket'>,
  version: ObjectVersion,
): Promise<z.output<ReturnType<typeof manifestSchema>> | undefined> => {
  const { key, versionId } = version;
  try {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    return manifestSchema().safeParse(JSON.parse((await Body?.transformToString()) ?? '')).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 404) return undefined;
    // S3 returns 403 for a missing version as well. One that is there and may not be read must not pass as erased.
    if (status === 403 && !(await isListed(s3, bucket, version))) return undefined;
    throw error;
  }
};

const isListed = async (
  s3: InboxContext['s3'],
  bucket: string,
  { key, versionId }: ObjectVersion,
): Promise<boolean> => {
  for await (const { versions } of listVersions(s3, bucket, key)) {
    if (versions.some((found) => found.key === key && found.versionId === versionId)) return true;
  }
  return false;
};
