import type { ComponentType } from 'react';

/** A page of the console; its code is loaded when somebody goes there. */
export interface Page {
  /** Below `/console`, in the words of React Router. */
  path: string;
  /** What the tab and, for pages of the navigation, the link to it are called. */
  title: string;
  /** Whether a link stands at the top. */
  isInNavigation?: boolean;
  load(): Promise<{ Component: ComponentType }>;
}

/** Every page, in the order of the navigation. */
export const pages: readonly Page[] = [
  { path: '/', title: 'Wall', isInNavigation: true, load: () => import('../wall/wall.tsx') },
  { path: '/new', title: 'Make', isInNavigation: true, load: () => import('../make/make.tsx') },
  { path: '/jobs/:jobId', title: 'Picture', load: () => import('../picture/picture.tsx') },
  { path: '/batches', title: 'Batches', isInNavigation: true, load: () => import('../batches/batches.tsx') },
  { path: '/batches/new', title: 'New batch', load: () => import('../batches/new-batch.tsx') },
  { path: '/batches/:batchId', title: 'Batch', load: () => import('../batches/batch.tsx') },
];
