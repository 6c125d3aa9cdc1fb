import { Content } from '@adobe/react-spectrum/Content';
import { Dialog } from '@adobe/react-spectrum/Dialog';
import { Divider } from '@adobe/react-spectrum/Divider';
import { Heading } from '@adobe/react-spectrum/Heading';
import { useQuery } from '@tanstack/react-query';
import { callApi } from '../../api/client.ts';
import type { JobsPage } from '../../api/jobs.ts';
import { Loading } from '../../ui/loading.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';

const pageSize = 48;

/** A dialog with the pictures that were made last, of which one is chosen by its address `job:<id>/<n>`. */
export const RecentPictures = ({ onChoose }: { onChoose(address: string): void }) => {
  const { data, error, refetch } = useQuery({
    queryKey: ['recent-pictures'],
    staleTime: 0,
    queryFn: ({ signal }) =>
      callApi<JobsPage>('/jobs', { query: { limit: pageSize, status: 'succeeded', thumbnails: 256 }, signal }),
  });
  const pictures = (data?.jobs ?? []).flatMap(({ jobId, outputs, prompt, operation }) =>
    outputs
      .map((output, index) => ({ ...output, address: `job:${jobId}/${index}`, name: prompt ?? operation }))
      .filter(({ contentType }) => contentType.startsWith('image/')),
  );
  return (
    <Dialog size="L">
      <Heading>Choose a picture that was made</Heading>
      <Divider />
      <Content>
        {error && <ProblemNotice title="The pictures cannot be listed" error={error} onRetry={() => refetch()} />}
        {!data && !error && <Loading label="Loading pictures" />}
        {data && pictures.length === 0 && <p>Nothing has been made yet.</p>}
        <ul className="recent">
          {pictures.map(({ address, thumbnail, name }) => (
            <li key={address}>
              <button type="button" onClick={() => onChoose(address)}>
                {thumbnail ? <img src={thumbnail} alt="" loading="lazy" /> : <span className="recent-blank" />}
                <span className="long-text recent-name">{name.slice(0, 80)}</span>
              </button>
            </li>
          ))}
        </ul>
      </Content>
    </Dialog>
  );
};
