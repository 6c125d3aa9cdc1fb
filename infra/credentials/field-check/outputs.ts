import type { Sleep } from '#shared/adobe/http/retry.ts';
import { parseMediaType } from '#shared/media-type.ts';
import { type Account, describeAnswer } from './account.ts';
import type { Note } from './findings.ts';
import type { FirstImage } from './generation.ts';

// Long enough for a signature made anew to be another one.
const laterMs = 3_000;

/** Where a job can be read, and what its outputs are; free. */
export const probeOutputs = async (account: Account, note: Note, { job }: FirstImage, sleep: Sleep): Promise<void> => {
  const { contentType, hasContentCredentials } = await account.download(job.outputUrls);
  const type = parseMediaType(contentType);
  note(
    'output-types',
    /^(image|video)\//.test(type),
    `Served as ${/^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'no type'}.`,
  );
  note('content-credentials', !hasContentCredentials, hasContentCredentials ? 'A C2PA manifest is there.' : 'None.');

  if (job.jobId === undefined) note('status-on-base-host', 'unknown', 'The acceptance names no job id.');
  else {
    const answer = await account.readStatus(account.baseStatusUrl(job.jobId));
    const verdict = answer.status === 200 ? 'as_documented' : answer.status === 404 ? 'differs' : 'unknown';
    note('status-on-base-host', verdict, `Answered with ${describeAnswer(answer)}.`);
  }

  await sleep(laterMs);
  const later = await account.readOutputUrls(job.statusUrl);
  if (later === undefined) return note('output-urls', 'unknown', 'A later poll names none.');
  const isSame = later.join() === job.outputUrls.join();
  note('output-urls', isSame, isSame ? 'The same URLs in a later poll.' : 'Other URLs in a later poll: signed anew.');
};
