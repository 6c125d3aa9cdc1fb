import './sign-in.css';
import { useQueryClient } from '@tanstack/react-query';
import type { ConsoleConfig } from '#functions/api/console/config.ts';
import { type IssuedToken, session } from '../api/session.ts';
import { CallerForm } from './caller-form.tsx';
import { IssuerForm } from './issuer-form.tsx';

/** Lets a person in by the ways of this gateway; nothing else on the page changes. */
export const SignIn = ({ config }: { config: ConsoleConfig }) => {
  const client = useQueryClient();
  const start = ({ token, ...options }: IssuedToken) => {
    session.start(token, options);
    // What failed meanwhile for want of a token is asked for anew.
    void client.invalidateQueries();
  };
  if (config.authMode === 'callers') return <CallerForm onToken={start} />;
  if (config.authMode === 'jwt') return <IssuerForm config={config} onToken={start} />;
  return <SignedRequests stage={config.stage} />;
};

const SignedRequests = ({ stage }: { stage: string }) => (
  <div className="sign-in">
    <h1>Open the console from your own machine</h1>
    <p>
      Callers of {stage} sign each request with their AWS credentials, which must not get into a browser. This command
      serves the same page on your machine and signs for you:
    </p>
    <pre>npm run console -- --stage {stage.replace(/^firefly-gateway-/, '')}</pre>
  </div>
);
