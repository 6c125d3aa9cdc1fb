import { ServiceError } from '../service-error.ts';

const bucketXml = (element: string) =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${element} xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>`;

// A query parameter that fauxqs does not know would be ignored: PUT ?tagging would overwrite the object.
const unknownToFauxqs = new Set(
  [
    'accelerate acl analytics cors encryption intelligent-tiering inventory legal-hold logging metrics notification',
    'object-lock ownershipControls policy policyStatus publicAccessBlock replication requestPayment restore retention',
    'select tagging torrent website',
  ].flatMap((line) => line.split(' ')),
);

/** What a request asks for beyond fauxqs: an answer of its own, the list of versions, or nothing special. */
export type Subresource = { kind: 'answer'; xml: string } | { kind: 'versions' } | { kind: 'none' };

/**
 * Sorts out the requests that fauxqs would misunderstand. The bucket is not versioned: each object has the one version
 * `null`, as in AWS.
 *
 * @param key empty for a request on the bucket
 * @throws {ServiceError} 501 for what neither fauxqs nor this server does, 400 for a version that does not exist
 */
export const subresourceOf = (method: string, key: string, query: Readonly<Record<string, unknown>>): Subresource => {
  const asked = Object.keys(query);
  const listsUploads = method === 'GET' && (asked.includes('uploads') || asked.includes('uploadId'));
  const postsToBucket = method === 'POST' && key === '' && !asked.includes('delete');
  const postsToObject = method === 'POST' && key !== '' && !asked.includes('uploads') && !asked.includes('uploadId');
  if (listsUploads || postsToBucket || postsToObject || asked.some((name) => unknownToFauxqs.has(name))) {
    throw new ServiceError(
      'NotImplemented',
      'A header or query you provided implies functionality that is not implemented.',
      501,
    );
  }
  if (asked.includes('versionId') && query['versionId'] !== 'null') {
    throw new ServiceError('InvalidArgument', 'Invalid version id specified');
  }
  if (method !== 'GET' || key !== '') return { kind: 'none' };
  if (asked.includes('location')) return { kind: 'answer', xml: bucketXml('LocationConstraint') };
  if (asked.includes('versioning')) return { kind: 'answer', xml: bucketXml('VersioningConfiguration') };
  return asked.includes('versions') ? { kind: 'versions' } : { kind: 'none' };
};

/** The query that lists a bucket's objects in place of their versions. */
export const objectListQuery = (query: Readonly<Record<string, unknown>>): Record<string, string> => {
  const renamed = { prefix: 'prefix', delimiter: 'delimiter', 'max-keys': 'max-keys', 'key-marker': 'marker' };
  return Object.fromEntries(
    Object.entries(renamed).flatMap(([name, listName]) => {
      const value = query[name];
      return typeof value === 'string' ? [[listName, value]] : [];
    }),
  );
};

/** Turns fauxqs's list of objects into the list of their versions. */
export const versionsXml = (objectsXml: string): string =>
  objectsXml
    .replaceAll('ListBucketResult', 'ListVersionsResult')
    .replace('<Marker>', '<KeyMarker>')
    .replace('</Marker>', '</KeyMarker><VersionIdMarker/>')
    .replace('<NextMarker>', '<NextKeyMarker>')
    .replace('</NextMarker>', '</NextKeyMarker><NextVersionIdMarker>null</NextVersionIdMarker>')
    .replaceAll('<Contents>', '<Version><VersionId>null</VersionId><IsLatest>true</IsLatest>')
    .replaceAll('</Contents>', '</Version>');
