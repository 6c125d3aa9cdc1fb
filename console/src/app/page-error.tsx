import { useRouteError } from 'react-router';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** What stands in place of a page that could not be loaded or drawn; the frame around it stays usable. */
export const PageError = () => {
  const error = useRouteError();
  return <ProblemNotice title="This page cannot be shown" error={error} onRetry={() => location.reload()} />;
};
