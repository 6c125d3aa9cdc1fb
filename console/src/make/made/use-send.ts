import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiProblem } from '../../api/problem.ts';
import { nextRequest } from '../draft/draft.ts';
import type { DraftControl } from '../draft/use-draft.ts';
import type { Operation } from '../schema/operations.ts';
import type { MadeJob } from './made-jobs.ts';
import { sendRequest } from './send-request.ts';

/** Sends what a form holds, once. */
export const useSend = (
  operation: Operation,
  { draft, update }: DraftControl,
  secrets: Readonly<Record<string, string>>,
  onMade: (job: MadeJob) => void,
) => {
  const { body, headers } = draft;
  // The draft of the next rendering is too late for the second click of a double click.
  const sent = useRef(draft.sent);
  const { mutate, error, isPending } = useMutation({
    mutationFn: async () => {
      const content = JSON.stringify({ path: operation.path, headers, body });
      const request = nextRequest({ sent: sent.current }, content, {
        now: Date.now(),
        createKey: () => crypto.randomUUID(),
      });
      sent.current = request;
      // Kept before it leaves: a reload now, and the same click afterwards, is still one job.
      update((before) => ({ ...before, sent: request }));
      try {
        const jobId = await sendRequest(operation, { body, headers: { ...headers, ...secrets } }, request);
        sent.current = { ...request, isAccepted: true };
        return { jobId, operation: operation.name };
      } catch (reason) {
        // A refusal has made nothing, so that its key is free; after any other error nobody knows.
        if (reason instanceof ApiProblem && reason.status >= 400 && reason.status < 500) sent.current = undefined;
        throw reason;
      }
    },
    onSettled: () => update((before) => ({ ...before, sent: sent.current })),
    onSuccess: onMade,
  });
  return {
    send: () => {
      if (!isPending) mutate();
    },
    error,
    isSending: isPending,
  };
};
