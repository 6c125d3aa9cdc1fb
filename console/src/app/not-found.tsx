import { Content } from '@adobe/react-spectrum/Content';
import { Heading } from '@adobe/react-spectrum/Heading';
import { IllustratedMessage } from '@adobe/react-spectrum/IllustratedMessage';
import { Link } from 'react-router';

/** What an address shows that leads to no page. */
export const NotFound = () => (
  <IllustratedMessage>
    <Heading level={1}>There is no such page</Heading>
    <Content>
      The address may be mistyped. <Link to="/">Go to the wall</Link>
    </Content>
  </IllustratedMessage>
);
