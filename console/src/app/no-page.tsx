import { Content } from '@adobe/react-spectrum/Content';
import { Heading } from '@adobe/react-spectrum/Heading';
import { IllustratedMessage } from '@adobe/react-spectrum/IllustratedMessage';
import { Link, useRouteError } from 'react-router';
import { ProblemNotice } from '../ui/problem-notice.tsx';

/** What an address shows that leads to no page. */
export const NotFound = () => (
  <IllustratedMessage>
    <Heading level={1}>There is no such page</Heading>
    <Content>
      The address may be mistyped. <Link to="/">Go to the wall</Link>
    </Content>
  </IllustratedMessage>
);

/** What stands in place of a page that could not be loaded or drawn; the frame around it stays usable. */
export const PageError = () => (
  <ProblemNotice title="This page cannot be shown" error={useRouteError()} onRetry={() => location.reload()} />
);

const notLoaded = new Error(
  'Its code could not be loaded. Either the gateway was updated since you opened the console, or it cannot be reached. What you have typed is kept.',
);

/** What stands in place of a page whose code could not be loaded: a deployment takes the files of the one before away. */
export const NotLoaded = () => (
  <ProblemNotice title="This page cannot be shown" error={notLoaded} onRetry={() => location.reload()} />
);
