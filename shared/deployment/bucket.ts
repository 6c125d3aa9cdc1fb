import { createHash } from 'node:crypto';

/** The top folders of the gateway's bucket. */
export const prefixes = {
  /** Outputs of jobs. */
  outputs: 'outputs/',
  /** What services write themselves, until it is checked and stored as an output. */
  incoming: 'incoming/',
  /** Small pictures of outputs, each under the key of its output. */
  thumbnails: 'thumbnails/',
  /** What callers uploaded to be used as input. */
  uploads: 'uploads/',
  /** Files that become batches: `inbox/<caller>/<anything>`. */
  inbox: 'inbox/',
  /** What policies refer to, such as lists of words: written by operators. */
  policies: 'policies/',
  /** What the gateway keeps of batches. */
  batches: 'batches/',
} as const;

/** Names a caller where its name must not stand, as in a folder of its own or a line of the log: callers may contain any character, and some are personal data. */
export const hashCaller = (caller: string): string => createHash('sha256').update(caller).digest('hex').slice(0, 32);

/** The folder of a caller's uploads. */
export const uploadsFolder = (caller: string): string => `${prefixes.uploads}${hashCaller(caller)}/`;

/** Where all versions of an upload lie: the beginning of its key, as its type is not known from its id. */
export const uploadObjects = (caller: string, uploadId: string): string => `${uploadsFolder(caller)}${uploadId}.`;

/** Key of what is uploaded with a form. */
export const uploadKey = (caller: string, uploadId: string, extension: string): string =>
  `${uploadObjects(caller, uploadId)}${extension}`;

/** Key of what came inside of a request: it follows from the content, so that the same bytes twice are one object. */
export const contentKey = (caller: string, content: Uint8Array, extension: string): string =>
  uploadKey(caller, createHash('sha256').update(content).digest('hex'), extension);

// Between folders of S3 there are slashes, and the names of roles in IAM mode have one: account and role.
const slash = '%2F';

/** The caller in whose folder of the inbox a file lies: `%2F` in its name stands for a slash. Undefined if it lies in none. */
export const parseInboxKey = (key: string): string | undefined => {
  if (!key.startsWith(prefixes.inbox)) return undefined;
  const [folder = '', ...rest] = key.slice(prefixes.inbox.length).split('/');
  return rest.length === 0 ? undefined : folder.replaceAll(slash, '/');
};

/** A caller's folder of the inbox; undefined for one whose name contains what stands for a slash: it would share another's. */
export const inboxFolder = (caller: string): string | undefined =>
  caller.includes(slash) ? undefined : `${prefixes.inbox}${caller.replaceAll('/', slash)}/`;

/**
 * Whether an object of the gateway's bucket is one of a caller's uploads, or lies in the caller's folder of the inbox. The folder
 * is the first below `inbox/` and no deeper, or it would lie inside of another's.
 */
export const isOwnFile = (caller: string, key: string): boolean => {
  // To S3 these are names like any other; a program on the way to it may take them for a way up.
  if (key.split('/').some((part) => part === '.' || part === '..')) return false;
  const folder = inboxFolder(caller);
  return key.startsWith(uploadsFolder(caller)) || (folder !== undefined && key.startsWith(folder));
};

/** How the outputs of a job are called, see `shared/jobs/output-name.ts`. */
interface KeyedName {
  name: string;
  count: number;
  folder?: string;
}

/** A job, as its keys name it. */
interface KeyedJob {
  jobId: string;
  /** ISO. */
  createdAt: string;
  outputName?: KeyedName;
}

const datedFolder = (id: string, createdAt: string): string =>
  `${prefixes.outputs}${createdAt.slice(0, 10).replaceAll('-', '/')}/${id}/`;

/** The folder of a job: `outputs/yyyy/mm/dd/<jobId>/`, by the UTC day on which the job was created. */
export const outputsFolder = ({ jobId, createdAt }: KeyedJob): string => datedFolder(jobId, createdAt);

/** The folder in which the outputs of a batch lie that have names: `outputs/yyyy/mm/dd/<batchId>/`, by the day of the batch. */
export const namedFolder = ({ batchId, createdAt }: { batchId: string; createdAt: string }): string =>
  datedFolder(batchId, createdAt);

/**
 * Key of one output; the index starts at 0, in Adobe's order. It is named by the job's name for them, of which several are
 * numbered from 1, else by its index in the job's own folder. No two jobs share one, and a job always leads to the same.
 */
export const outputKey = (job: KeyedJob, index: number, extension: string): string =>
  `${buildNamedStem(job, index) ?? `${outputsFolder(job)}${index}`}.${extension}`;

/** Without a dot in it; undefined for one more than was asked for in a folder of several jobs, where its name may be another's. */
const buildNamedStem = (job: KeyedJob, index: number): string | undefined => {
  if (job.outputName === undefined) return undefined;
  const { name, count, folder } = job.outputName;
  if (index >= count && folder !== undefined) return undefined;
  const stem = `${folder ?? outputsFolder(job)}${name}`;
  return count === 1 && index === 0 ? stem : `${stem}-${index + 1}`;
};

/**
 * The prefixes under which everything of a job lies, and nothing of another one: its folder, and its names in the folder that it
 * shares. A name has no dot, so that the dot behind it ends it.
 */
export const outputPrefixes = (job: KeyedJob): string[] => {
  const { folder, count = 0 } = job.outputName ?? {};
  const named = folder === undefined ? 0 : count;
  return [
    outputsFolder(job),
    ...Array.from({ length: named }, (_, index) => buildNamedStem(job, index)).flatMap((stem) =>
      stem === undefined ? [] : [`${stem}.`],
    ),
  ];
};

/** How wide thumbnails are, in pixels; one of a smaller image is as wide as the image. */
export const thumbnailWidths = [256, 512, 1_024] as const;

/** Width of a thumbnail in pixels. */
export type ThumbnailWidth = (typeof thumbnailWidths)[number];

/**
 * Where the thumbnails of an output lie, or those of all outputs whose keys begin so: what {@link outputPrefixes} and {@link outputsFolder}
 * lead to, leads to the thumbnails as well.
 */
export const thumbnailPrefix = (outputPrefix: string): string => `${prefixes.thumbnails}${outputPrefix}`;

/** Key of the thumbnail of an output, a WebP. */
export const thumbnailKey = ({ key }: { key: string }, width: ThumbnailWidth): string =>
  `${thumbnailPrefix(key)}/${width}.webp`;

/** Name of the description beside the outputs of a job. */
export const manifestName = 'job.json';

/** Key of the description beside the outputs, which is enough to make them again. */
export const manifestKey = (job: KeyedJob): string => `${outputsFolder(job)}${manifestName}`;

/** Where all turns of a job keep what is not stored as an output yet. */
export const incomingFolder = ({ jobId }: { jobId: string }): string => `${prefixes.incoming}${jobId}/`;

/** Where a service writes an output in one turn of a job; the index starts at 0, in the order of the request. */
export const incomingKey = (job: { jobId: string; turn: number }, index: number): string =>
  `${incomingFolder(job)}${job.turn}/${index}`;

/** Where the answer to a synchronous call is kept in one turn of a job, until what it holds is stored as an output. */
export const answerKey = (job: { jobId: string; turn: number }): string => `${incomingFolder(job)}${job.turn}/answer`;

const outputPattern = new RegExp(
  `^${prefixes.outputs}\\d{4}/\\d\\d/\\d\\d/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/[^/]+$`,
);

/** The id of the job, or of the batch, in whose folder of outputs a key lies. */
export const parseOutputKey = (key: string): string | undefined => outputPattern.exec(key)?.[1];

/** The folder of what the gateway keeps of a batch: requests, lines, reports. */
export const batchFolder = (batchId: string): string => `${prefixes.batches}${batchId}/`;

/** Key of a batch's requests where they did not come as a file in S3. */
export const batchInputKey = (batchId: string, extension: string): string =>
  `${batchFolder(batchId)}input.${extension}`;

/** Key of the requests as they are read into jobs, one a line. */
export const batchLinesKey = (batchId: string): string => `${batchFolder(batchId)}lines.txt`;

/** The forms of a report. */
export type ReportFormat = 'jsonl' | 'csv';

/** Key of a batch's report. */
export const reportKey = (batchId: string, format: ReportFormat): string => `${batchFolder(batchId)}report.${format}`;

/** The folder of the receipts for a folder of the inbox. */
export const receiptsFolder = (folder: string): string =>
  `${prefixes.batches}receipts/${folder.slice(prefixes.inbox.length)}`;

/** Key of the receipt of a file in the inbox: named after the file, as its sender does not know the batch's id. */
export const receiptKey = (key: string): string =>
  `${prefixes.batches}receipts/${key.slice(prefixes.inbox.length)}.json`;
