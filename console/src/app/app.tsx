import { defaultTheme } from '@adobe/react-spectrum/defaultTheme';
import { Provider } from '@adobe/react-spectrum/Provider';
import { ToastContainer } from '@adobe/react-spectrum/Toast';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from 'react-router/dom';
import { queryClient } from '../api/query-client.ts';
import { router } from './router.tsx';

/** The console: the look, the cache of answers and the pages. */
export const App = () => (
  <QueryClientProvider client={queryClient}>
    <Provider theme={defaultTheme} minHeight="100vh">
      <RouterProvider router={router} />
      <ToastContainer />
    </Provider>
  </QueryClientProvider>
);
