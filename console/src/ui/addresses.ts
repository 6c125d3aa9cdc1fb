/** One output of a job; the first where no other is named. */
export interface PictureName {
  jobId: string;
  index?: number;
}

/** How many pictures can be compared. */
export const maxCompared = 4;

/** Address of the page that compares two to four pictures. */
export const compareAddress = (pictures: readonly PictureName[]): string =>
  `/compare?jobs=${pictures
    .slice(0, maxCompared)
    .map(({ jobId, index = 0 }) => `${encodeURIComponent(jobId)}/${index}`)
    .join(',')}`;

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
