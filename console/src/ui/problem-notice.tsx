import { Button } from '@adobe/react-spectrum/Button';
import { Content } from '@adobe/react-spectrum/Content';
import { Heading } from '@adobe/react-spectrum/Heading';
import { InlineAlert } from '@adobe/react-spectrum/InlineAlert';
import { ApiProblem } from '../api/problem.ts';

/** Says in words what went wrong, what a person can do about it, and how operators find the request. */
export const ProblemNotice = (props: { title: string; error: unknown; onRetry?: () => void }) => {
  const { title, error, onRetry } = props;
  return (
    <InlineAlert variant="negative" marginY="size-300">
      <Heading>{title}</Heading>
      <Content>
        <span className="long-text">{describeProblem(error)}</span>
        {error instanceof ApiProblem && error.requestId !== undefined && (
          <span className="quiet"> Request {error.requestId}.</span>
        )}
        {onRetry && (
          <div className="notice-actions">
            <Button variant="secondary" onPress={onRetry}>
              Try again
            </Button>
          </div>
        )}
      </Content>
    </InlineAlert>
  );
};

/** What to tell a person about an error. */
export const describeProblem = (error: unknown): string => {
  if (!(error instanceof ApiProblem)) return error instanceof Error ? error.message : 'Something unexpected happened.';
  if (error.status === 403) return `You may not do this: ${error.message}`;
  if (error.status === 429) return `Too many requests at once: ${error.message}`;
  if (error.status >= 500) return `The gateway could not answer: ${error.message}`;
  return error.message;
};
