import { createBrowserRouter } from 'react-router';
import { Loading } from '../ui/loading.tsx';
import { Frame } from './frame.tsx';
import { NotFound } from './not-found.tsx';
import { PageError } from './page-error.tsx';
import { pages } from './pages.ts';

/** The addresses of the console, below `/console`. */
export const router = createBrowserRouter(
  [
    {
      path: '/',
      Component: Frame,
      HydrateFallback: Loading,
      children: [
        ...pages.map(({ path, title, isOpen, load }) => ({
          path,
          lazy: load,
          handle: { title, isOpen },
          ErrorBoundary: PageError,
        })),
        { path: '*', Component: NotFound, handle: { title: 'Nothing here' } },
      ],
    },
  ],
  { basename: '/console' },
);
