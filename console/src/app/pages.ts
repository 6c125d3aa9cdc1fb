import type { ComponentType } from 'react';

/** A page of the console; its code is loaded when somebody goes there. */
export interface Page {
  /** Below `/console`, in the words of React Router. */
  path: string;
  /** What the tab and, for pages of the navigation, the link to it are called. */
  title: string;
  /** Whether a link stands at the top. */
  isInNavigation?: boolean;
  /** Who is shown that link; by default everybody. */
  for?: 'operators';
  /** Whether it is shown to those who are not signed in. */
  isOpen?: boolean;
  load(): Promise<{ Component: ComponentType }>;
}

/** Every page, in the order of the navigation. */
export const pages: readonly Page[] = [
  { path: '/signed-in', title: 'Signed in', isOpen: true, load: () => import('../sign-in/signed-in.tsx') },
  { path: '/', title: 'Wall', isInNavigation: true, load: () => import('../wall/wall.tsx') },
  { path: '/new', title: 'Make', isInNavigation: true, load: () => import('../make/make.tsx') },
  { path: '/jobs/:jobId', title: 'Picture', load: () => import('../picture/picture.tsx') },
  { path: '/compare', title: 'Compare', load: () => import('../compare/compare.tsx') },
  { path: '/batches', title: 'Batches', isInNavigation: true, load: () => import('../batches/batches.tsx') },
  { path: '/batches/new', title: 'New batch', load: () => import('../batches/new-batch.tsx') },
  { path: '/batches/:batchId', title: 'Batch', load: () => import('../batches/batch.tsx') },
  { path: '/webhooks', title: 'Webhooks', isInNavigation: true, load: () => import('../webhooks/webhooks.tsx') },
  { path: '/webhooks/:webhookId', title: 'Webhook', load: () => import('../webhooks/webhook.tsx') },
  {
    path: '/operators',
    title: 'Operators',
    isInNavigation: true,
    for: 'operators',
    load: () => import('../operators/queue/queue.tsx'),
  },
  { path: '/operators/callers', title: 'Callers', load: () => import('../operators/callers/callers.tsx') },
  { path: '/operators/callers/:callerId', title: 'Caller', load: () => import('../operators/callers/caller.tsx') },
  { path: '/operators/usage', title: 'Usage', load: () => import('../operators/usage/usage.tsx') },
  { path: '/operators/audit', title: 'Audit', load: () => import('../operators/audit/audit.tsx') },
  {
    path: '/operators/erasures',
    title: 'Erasures',
    load: () => import('../operators/erasures/erasures.tsx'),
  },
  { path: '/operators/health', title: 'Health', load: () => import('../operators/health/health.tsx') },
];
