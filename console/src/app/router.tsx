import { createBrowserRouter } from 'react-router';
import { Loading } from '../ui/loading.tsx';
import { Frame } from './frame.tsx';
import { NotFound, NotLoaded, PageError } from './no-page.tsx';
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
          // React Router shows nothing at all in place of a route that cannot be loaded.
          lazy: () => load().catch(() => ({ Component: NotLoaded })),
          handle: { title, isOpen },
          ErrorBoundary: PageError,
        })),
        { path: '*', Component: NotFound, handle: { title: 'Nothing here' } },
      ],
    },
  ],
  { basename: '/console' },
);
