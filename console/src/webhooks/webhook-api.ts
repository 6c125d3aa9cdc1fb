import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type * as z from 'zod';
import type {
  deliverySchema,
  webhookSchema,
  webhookWithDeliveries,
  webhookWithSecret,
} from '#functions/api/webhooks/view.ts';
import { callApi } from '../api/client.ts';
import { polling } from '../api/polling.ts';

/** A webhook, without its secret. */
export type Webhook = z.output<ReturnType<typeof webhookSchema>>;

/** A webhook with its newest secret, as it is answered once. */
export type WebhookWithSecret = z.output<ReturnType<typeof webhookWithSecret>>;

/** A message to a webhook, with every attempt to deliver it. */
export type Delivery = z.output<ReturnType<typeof deliverySchema>>;

/** What a new webhook is made of. */
export interface NewWebhook {
  url: string;
  events: readonly string[];
  description?: string;
}

/** The caller's webhooks, oldest first. */
export const useWebhooks = () =>
  useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => callApi<{ webhooks: Webhook[] }>('/webhooks', { signal }),
  });

/** One webhook with its latest deliveries; asked for again soon while one of them is on its way. */
export const useWebhook = (webhookId: string) =>
  useQuery({
    queryKey: ['webhook', webhookId],
    queryFn: ({ signal }) =>
      callApi<z.output<ReturnType<typeof webhookWithDeliveries>>>(`/webhooks/${webhookId}`, { signal }),
    refetchInterval: ({ state }) =>
      state.data?.deliveries.some(({ status }) => status === 'pending') ? polling.moving : polling.list,
  });

const useChange = <Input, Answer>(change: (input: Input) => Promise<Answer>) => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    // Secrets are in the answer: nothing keeps it but the page that shows it.
    gcTime: 0,
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['webhooks'] }),
        queries.invalidateQueries({ queryKey: ['webhook'] }),
      ]),
  });
};

/** Registers an address. */
export const useAddWebhook = () =>
  useChange((body: NewWebhook) => callApi<WebhookWithSecret>('/webhooks', { method: 'POST', body }));

/** Replaces what a webhook is made of; its secret and state stay. */
export const useChangeWebhook = (webhookId: string) =>
  useChange((body: NewWebhook) => callApi<Webhook>(`/webhooks/${webhookId}`, { method: 'PUT', body }));

/** Deletes a webhook; it is not asked for again. */
export const useDeleteWebhook = () => {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (webhookId: string) => callApi<undefined>(`/webhooks/${webhookId}`, { method: 'DELETE' }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['webhooks'] }),
  });
};

/** Sends a message, once. */
export const useTestWebhook = () =>
  useChange((webhookId: string) => callApi<{ deliveryId: string }>(`/webhooks/${webhookId}/test`, { method: 'POST' }));

/** Makes a new secret. */
export const useRotateSecret = () =>
  useChange((webhookId: string) =>
    callApi<WebhookWithSecret>(`/webhooks/${webhookId}/rotate-secret`, { method: 'POST' }),
  );

/** Has a webhook called again whose receiver was gone. */
export const useEnableWebhook = () =>
  useChange((webhookId: string) => callApi<Webhook>(`/webhooks/${webhookId}/enable`, { method: 'POST' }));
