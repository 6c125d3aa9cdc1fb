import { useQuery } from '@tanstack/react-query';
import { callApi } from '../api/client.ts';
import { thumbnailWidth } from '../api/jobs.ts';
import { ApiProblem } from '../api/problem.ts';
import { useSettings } from '../api/settings.ts';
import { hasThumbnails } from '../ui/file-kinds.ts';
import type { Tile } from './rows.ts';

// A new output gets its thumbnail by itself, and the list learns of it.
const arrivalMs = 60_000;
const maxAttempts = 5;

/**
 * The small picture of an output. One from before thumbnails were made is asked for, while its tile can be seen; the list has all
 * others. Where the gateway makes none, nothing is asked for.
 */
export const useThumbnail = (tile: Tile): { url: string | undefined; isComing: boolean } => {
  const { job, output, index } = tile;
  const { data: settings } = useSettings();
  const isMade = settings?.thumbnails === true && hasThumbnails(output?.contentType ?? '');
  const isMissing = isMade && output !== undefined && output.thumbnail === undefined;
  const isOld = Date.now() - Date.parse(job.finishedAt ?? job.createdAt) > arrivalMs;
  const { data, isPending } = useQuery({
    queryKey: ['thumbnail', job.jobId, index],
    queryFn: ({ signal }) =>
      callApi<{ url: string }>(`/jobs/${job.jobId}/outputs/${index}`, { query: { width: thumbnailWidth }, signal }),
    enabled: isMissing && isOld,
    staleTime: 1_800_000,
    retry: (failures, error) =>
      failures < maxAttempts && error instanceof ApiProblem && error.code === 'thumbnail_not_ready',
  });
  return { url: output?.thumbnail ?? data?.url, isComing: isMissing && (!isOld || isPending) };
};
