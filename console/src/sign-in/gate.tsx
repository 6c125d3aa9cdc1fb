import { lazy, type ReactNode, Suspense } from 'react';
import type { ConsoleConfig } from '#functions/api/console/config.ts';
import { useSession } from '../api/session.ts';
import { Loading } from '../ui/loading.tsx';

const SignIn = lazy(async () => ({ default: (await import('./sign-in.tsx')).SignIn }));

/**
 * Shows a page to those who are signed in. When a sign-in has expired the form comes over the page, which stays: nothing that was
 * typed is lost.
 */
export const Gate = ({ config, children }: { config: ConsoleConfig; children: ReactNode }) => {
  const { status } = useSession();
  if (config.authMode === 'none') return children;
  const form = (
    <Suspense fallback={<Loading label="Loading the form to sign in" />}>
      <SignIn config={config} />
    </Suspense>
  );
  if (status === 'signed-out') return form;
  return (
    <>
      {status === 'expired' && <Expired>{form}</Expired>}
      {children}
    </>
  );
};

const Expired = ({ children }: { children: ReactNode }) => (
  <dialog
    className="expired"
    aria-label="Your sign-in has expired"
    onCancel={(event) => event.preventDefault()}
    ref={(element) => {
      if (element !== null && !element.open) element.showModal();
    }}
  >
    <p>Your sign-in has expired. Sign in again: the page and what you typed stay as they are.</p>
    {children}
  </dialog>
);
