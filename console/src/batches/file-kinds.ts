/** A kind of file that can be a batch. */
export interface FileKind {
  extension: string;
  contentType: string;
}

const kinds: readonly FileKind[] = [
  { extension: 'csv', contentType: 'text/csv' },
  { extension: 'jsonl', contentType: 'application/x-ndjson' },
  { extension: 'ndjson', contentType: 'application/x-ndjson' },
  { extension: 'json', contentType: 'application/json' },
  { extension: 'xlsx', contentType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet' },
];

/** Endings of files that can be batches, with their points. */
export const acceptedEndings: readonly string[] = kinds.map(({ extension }) => `.${extension}`);

/** What the gateway takes in one request, in bytes. */
export const maxFileBytes = 4 * 1024 * 1024;

/** What kind of file a name stands for; undefined for one that cannot be a batch. */
export const findFileKind = (name: string): FileKind | undefined => {
  const ending = name.split('.').at(-1)?.toLowerCase();
  return kinds.find(({ extension }) => extension === ending);
};
