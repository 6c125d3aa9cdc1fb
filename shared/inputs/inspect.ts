import { GetObjectCommand, type S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { findInputTypes, type InputTypes } from '../adobe/services/input-types.ts';
import type { OperationDefinition } from '../adobe/services/operation.ts';
import { serviceOf } from '../adobe/services/registry.ts';
import type { AdobeService } from '../adobe/services/service.ts';
import { detectionBytes } from '../media-type.ts';
import type { InputLocation } from './locate.ts';
import { InputError } from './locate.ts';
import { isOneOfTypes, recognizeInput } from './recognize.ts';

/** An object that a service takes as input. */
export interface InspectedInput extends InputLocation {
  /** Names this very content of the object. */
  etag: string;
  bytes: number;
  /** By its first bytes; `application/octet-stream` if they tell nothing. */
  contentType: string;
  /** Epoch ms at which it was written, in whole seconds (S3: HTTP date). */
  changedAt: number;
}

/** What an operation takes as input. */
export interface InputLimits {
  maxBytes: number;
  /** Any if undefined. */
  types: InputTypes | undefined;
  /** Whether the gateway uploads inputs itself, and so reads those on the web that Adobe cannot reach. */
  isUploaded: boolean;
}

/** S3 stores no more in one request, and most of Adobe's services take no more by a URL (Adobe: 5 GB). */
export const maxPresignedBytes = 5 * 1024 ** 3;

/**
 * What an operation takes as input.
 *
 * @param maxUploadBytes the limit of the deployment for what the gateway itself uploads to Adobe
 */
export const getInputLimits = (operation: OperationDefinition, maxUploadBytes: number): InputLimits => {
  const service = serviceOf(operation);
  const isUploaded = service.inputs === 'adobe-upload';
  return {
    maxBytes: findMaxInputBytes(service, maxUploadBytes),
    types: operation.inputTypes ?? service.inputTypes,
    isUploaded,
  };
};

/**
 * The largest input of a service, in bytes.
 *
 * @param maxUploadBytes the limit of the deployment for what the gateway itself uploads to Adobe
 */
export const findMaxInputBytes = (
  { inputs, maxInputBytes = maxPresignedBytes }: Pick<AdobeService, 'inputs' | 'maxInputBytes'>,
  maxUploadBytes: number,
): number => (inputs === 'adobe-upload' ? maxUploadBytes : maxInputBytes);

/**
 * Looks at an object: whether it is there, how large it is and what its first bytes say it is.
 *
 * @param path to the source's URL inside the body
 * @throws {InputError} if Adobe could not use it
 */
export const inspectInput = async (
  s3: S3Client,
  { bucket, key }: InputLocation,
  { maxBytes, types }: InputLimits,
  path: readonly (string | number)[],
): Promise<InspectedInput> => {
  const { head, etag, bytes, changedAt } = await readHead(s3, { bucket, key });
  const contentType = await readInputType(head, findInputTypes(types, path));
  if (bytes > maxBytes) {
    throw new InputError('too_large', `the object has ${bytes} bytes, more than the limit of ${maxBytes}`);
  }
  return { bucket, key, etag, bytes, contentType, changedAt };
};

/**
 * What an input is by its first bytes; `application/octet-stream` if they tell nothing.
 *
 * @param taken media types; any if undefined
 * @throws {InputError} if it is none of them
 */
export const readInputType = async (head: Uint8Array, taken: readonly string[] | undefined): Promise<string> => {
  const recognized = await recognizeInput(head);
  if (taken !== undefined && !(await isOneOfTypes(recognized, taken))) {
    throw new InputError('wrong_type', `the object is none of ${taken.join(', ')}`);
  }
  return recognized ?? 'application/octet-stream';
};

/** Reads what was inspected, even if the object has been replaced since. */
export const readObject = async (
  s3: S3Client,
  { bucket, key, etag, contentType }: InspectedInput,
): Promise<{ image: Uint8Array<ArrayBuffer>; contentType: string }> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key, IfMatch: etag }));
  return { image: new Uint8Array((await Body?.transformToByteArray()) ?? []), contentType };
};

// Without the right to list a bucket S3 answers 403 for what is not there.
const absentStatuses = [403, 404];

const readHead = async (
  s3: S3Client,
  { bucket, key }: InputLocation,
): Promise<{ head: Uint8Array } & Pick<InspectedInput, 'etag' | 'bytes' | 'changedAt'>> => {
  try {
    const answer = await s3.send(
      new GetObjectCommand({ Bucket: bucket, Key: key, Range: `bytes=0-${detectionBytes - 1}` }),
    );
    const head = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
    const total = /\/(\d+)$/.exec(answer.ContentRange ?? '')?.[1];
    return {
      head,
      etag: answer.ETag ?? '',
      bytes: Number(total ?? answer.ContentLength ?? head.length),
      changedAt: answer.LastModified?.getTime() ?? Number.POSITIVE_INFINITY,
    };
  } catch (error) {
    const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
    if (status === 416) throw new InputError('wrong_type', 'the object is empty');
    if (status !== undefined && absentStatuses.includes(status)) {
      throw new InputError('not_found', 'there is no such object, or the gateway may not read it');
    }
    throw error;
  }
};
