/** One output of a job; the first where no other is named. */
export interface PictureName {
  jobId: string;
  index?: number;
}

/** How many pictures can be compared. */
export const maxCompared = 4;

/** Names pictures in an address; as many as can be compared. */
export const writeCompared = (pictures: readonly PictureName[]): string =>
  pictures
    .slice(0, maxCompared)
    .map(({ jobId, index = 0 }) => `${encodeURIComponent(jobId)}/${index}`)
    .join(',');

/** Address of the page that compares two to four pictures. */
export const compareAddress = (pictures: readonly PictureName[]): string => `/compare?jobs=${writeCompared(pictures)}`;

/**
 * Address of the wall where further pictures are chosen to compare these with.
 *
 * @param filters of the wall, in the words of `GET /jobs`
 */
export const chooseAddress = (
  pictures: readonly PictureName[],
  filters: Readonly<Record<string, string>> = {},
): string => `/?${new URLSearchParams({ ...filters, compare: writeCompared(pictures) })}`;

/** Reads which pictures an address names; what is malformed or stands twice is left out. */
export const readCompared = (jobs: string): Required<PictureName>[] => {
  const names = [...new Set(jobs.split(',').map((part) => (part.includes('/') ? part : `${part}/0`)))];
  return names
    .map((name) => /^([0-9a-f-]{36})\/(\d{1,3})$/i.exec(name))
    .flatMap((found) => (found === null ? [] : [{ jobId: found[1] ?? '', index: Number(found[2]) }]))
    .slice(0, maxCompared);
};

/** Address of the form, filled from a job; with the seeds of its outputs it makes what is like them. */
export const remixAddress = (jobId: string, options: { withSeeds?: boolean } = {}): string =>
  `/new?from=${encodeURIComponent(jobId)}${options.withSeeds ? '&seed=1' : ''}`;
