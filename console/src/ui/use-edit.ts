import { ToastQueue } from '@adobe/react-spectrum/Toast';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { describeProblem } from './problem-notice.tsx';

/**
 * Changes something at the gateway; says so if that failed, and has what it changed asked for anew.
 *
 * @param options.keys of the answers that are no longer current
 */
export const useEdit = <Input, Answer>(options: {
  run: (input: Input) => Promise<Answer>;
  keys: readonly QueryKey[];
  failure: string;
}) => {
  const client = useQueryClient();
  return useMutation({
    mutationFn: options.run,
    onSuccess: () => Promise.all(options.keys.map((queryKey) => client.invalidateQueries({ queryKey }))),
    onError: (error) => ToastQueue.negative(`${options.failure} ${describeProblem(error)}`),
  });
};
