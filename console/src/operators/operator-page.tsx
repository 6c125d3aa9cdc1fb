import { Content } from '@adobe/react-spectrum/Content';
import { Heading } from '@adobe/react-spectrum/Heading';
import { IllustratedMessage } from '@adobe/react-spectrum/IllustratedMessage';
import type { ReactNode } from 'react';
import { NavLink } from 'react-router';
import { ApiProblem } from '../api/problem.ts';
import { Loading } from '../ui/loading.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import '../ui/fields.css';
import './operators.css';

const sections = [
  { path: '/operators', title: 'Queue' },
  { path: '/operators/callers', title: 'Callers' },
  { path: '/operators/usage', title: 'Usage' },
  { path: '/operators/audit', title: 'Audit' },
  { path: '/operators/erasures', title: 'Erasures' },
  { path: '/operators/health', title: 'Health' },
] as const;

/** What stands around every page for operators. Who is none is told so: the gateway decides it. */
export const OperatorPage = (props: {
  title: string;
  /** Of the request that fills the page. */
  query: { error: Error | null; isPending: boolean; refetch(): unknown };
  children: ReactNode;
}) => {
  const { title, query, children } = props;
  if (query.error instanceof ApiProblem && query.error.status === 403) {
    return (
      <IllustratedMessage>
        <Heading level={1}>This page is for operators</Heading>
        <Content>
          You are signed in as a caller that is none: {query.error.message} An operator of this gateway can make you
          one.
        </Content>
      </IllustratedMessage>
    );
  }
  return (
    <div className="column">
      <nav className="sections" aria-label="For operators">
        {sections.map((section) => (
          <NavLink key={section.path} to={section.path} end={section.path === '/operators'}>
            {section.title}
          </NavLink>
        ))}
      </nav>
      <h1 className="long-text">{title}</h1>
      {query.error && (
        <ProblemNotice title="This cannot be shown" error={query.error} onRetry={() => query.refetch()} />
      )}
      {query.isPending && <Loading label={`Loading: ${title}`} />}
      {children}
    </div>
  );
};
