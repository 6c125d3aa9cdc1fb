import { callApi } from '../api/client.ts';
import type { JobRecord } from '../api/jobs.ts';
import { ApiProblem } from '../api/problem.ts';

/**
 * Saves an output as a file: a browser takes the name of a download from its own origin only, so that the bytes are fetched first.
 *
 * @throws {ApiProblem} if the file is not there or cannot be reached
 */
export const downloadOutput = async (job: JobRecord, index: number): Promise<void> => {
  const { url } = await callApi<{ url: string }>(`/jobs/${job.jobId}/outputs/${index}`);
  const answer = await fetch(url).catch(() => {
    throw new ApiProblem(0, { detail: 'The bucket cannot be reached.' });
  });
  if (!answer.ok) throw new ApiProblem(answer.status, { detail: 'The bucket does not give the file out.' });
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = nameFile(job, index);
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
};

const maxNameLength = 60;

/** A name that says what the file shows, out of characters that every file system takes. */
export const nameFile = (
  { prompt, jobId, outputs }: Pick<JobRecord, 'prompt' | 'jobId' | 'outputs'>,
  index: number,
): string => {
  const words = (prompt ?? '')
    .normalize('NFKC')
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  const stem = [...words].slice(0, maxNameLength).join('') || 'output';
  const extension = /\.(\w{1,8})$/.exec(outputs[index]?.key ?? '')?.[1] ?? 'bin';
  return `${stem}-${jobId.slice(0, 8)}-${index + 1}.${extension}`;
};
