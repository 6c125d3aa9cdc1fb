import { Button } from '@adobe/react-spectrum/Button';
import { Content } from '@adobe/react-spectrum/Content';
import { Heading } from '@adobe/react-spectrum/Heading';
import { InlineAlert } from '@adobe/react-spectrum/InlineAlert';
import { CopyButton } from './copy-button.tsx';
import './fields.css';

/** Shows what can never be seen again. It is held by the page alone, and gone with it. */
export const SecretNotice = (props: {
  title: string;
  /** Each value with its name. */
  values: Readonly<Record<string, string>>;
  onDone(): void;
}) => (
  <InlineAlert variant="notice" marginY="size-200" autoFocus>
    <Heading>{props.title}</Heading>
    <Content>
      <p className="flush">It is shown this once. Copy it to where you keep secrets.</p>
      <dl className="facts">
        {Object.entries(props.values).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code className="long-text">{value}</code> <CopyButton text={value} what={name} />
            </dd>
          </div>
        ))}
      </dl>
      <Button variant="secondary" onPress={props.onDone}>
        I have kept it
      </Button>
    </Content>
  </InlineAlert>
);
