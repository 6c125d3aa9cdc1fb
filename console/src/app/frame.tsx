import { useEffect } from 'react';
import { NavLink, Outlet, ScrollRestoration, useMatches, useNavigation } from 'react-router';
import { useOwnCaller } from '../api/own-caller.ts';
import { useSettings } from '../api/settings.ts';
import { Gate } from '../sign-in/gate.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Account } from './account.tsx';
import { pages } from './pages.ts';

/** What stands around every page: the way to the others, and what to know about this gateway. */
export const Frame = () => {
  const settings = useSettings();
  const { state } = useNavigation();
  // Where IAM decides for each call, nobody knows before: the link is there, and the page says what was refused.
  const own = useOwnCaller();
  const mayOperate = own.data !== undefined && own.data.operator !== false;
  const { title, isOpen } = useHandle();
  useTitle(title, settings.data?.stage);
  return (
    <div className="frame">
      <a className="skip" href="#page">
        Skip to the page
      </a>
      <header className="bar">
        <span className="brand">
          <img src="/console/icon.svg" alt="" width="24" height="24" /> Firefly gateway
        </span>
        <nav aria-label="Pages">
          {pages
            .filter((page) => page.isInNavigation && (page.for === undefined || mayOperate))
            .map(({ path, title }) => (
              <NavLink key={path} to={path} end={path === '/'}>
                {title}
              </NavLink>
            ))}
        </nav>
        <span className="about">
          {settings.data && settings.data.authMode !== 'none' && <Account />}
          {settings.data?.simulated && (
            <strong className="simulated" title="No request leaves this machine: a simulated Adobe draws the pictures.">
              Simulated pictures
            </strong>
          )}
        </span>
      </header>
      <main id="page" tabIndex={-1} aria-busy={state === 'loading'}>
        {settings.error && (
          <ProblemNotice
            title="The console cannot start"
            error={settings.error}
            onRetry={() => void settings.refetch()}
          />
        )}
        {isOpen ? (
          <Outlet />
        ) : (
          settings.data && (
            <Gate config={settings.data}>
              <Outlet />
            </Gate>
          )
        )}
      </main>
      <ScrollRestoration />
    </div>
  );
};

/** What the route table says of the page that is shown. */
const useHandle = (): { title: string; isOpen: boolean } => {
  const handle = useMatches().at(-1)?.handle;
  const known = typeof handle === 'object' && handle !== null ? handle : {};
  return {
    title: 'title' in known && typeof known.title === 'string' ? known.title : 'Console',
    isOpen: 'isOpen' in known && known.isOpen === true,
  };
};

const useTitle = (title: string, stage: string | undefined) => {
  useEffect(() => {
    document.title = `${title} · Firefly gateway${stage === undefined ? '' : ` ${stage}`}`;
  }, [title, stage]);
};
