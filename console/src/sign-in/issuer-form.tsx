import { Button } from '@adobe/react-spectrum/Button';
import { useEffect, useRef, useState } from 'react';
import type { ConsoleConfig } from '#functions/api/console/config.ts';
import type { IssuedToken } from '../api/session.ts';

/** Signs a person in at the issuer of the stage, in a window of its own, so that this page and what was typed stay. */
export const IssuerForm = (props: { config: ConsoleConfig; onToken: (token: IssuedToken) => void }) => {
  const { config, onToken } = props;
  const [state, setState] = useState<'idle' | 'waiting'>('idle');
  const [problem, setProblem] = useState<string>();
  const attempt = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => attempt.current?.abort(), []);
  const begin = async () => {
    attempt.current?.abort();
    const controller = new AbortController();
    attempt.current = controller;
    setProblem(undefined);
    setState('waiting');
    // Opened by the click itself: later a browser takes it for an advertisement.
    const popup = window.open('about:blank', '_blank', 'popup,width=520,height=720');
    try {
      const { signInAtIssuer } = await import('./authorization-code.ts');
      onToken(await signInAtIssuer(config, popup, controller.signal));
    } catch (error) {
      popup?.close();
      if (!controller.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      if (attempt.current === controller) setState('idle');
    }
  };
  const issuer = config.issuer === undefined ? 'your issuer' : new URL(config.issuer).host;
  if (config.clientId === undefined) {
    return (
      <div className="sign-in">
        <h1>Nobody can sign in here yet</h1>
        <p>
          The console is not known at {issuer}. An operator registers it there as a public client with PKCE and the
          redirect address <code>{`${location.origin}/console/signed-in`}</code>, and sets <code>consoleClientId</code>{' '}
          of the stage.
        </p>
      </div>
    );
  }
  return (
    <div className="sign-in">
      <h1>Sign in</h1>
      <p>At {issuer}, in a window of its own. This page stays as it is.</p>
      <p role="alert" className="sign-in-problem">
        {problem}
      </p>
      <Button variant="accent" onPress={() => void begin()}>
        {state === 'waiting' ? 'Open the window again' : `Sign in at ${issuer}`}
      </Button>
      {state === 'waiting' && <p role="status">Waiting for the window …</p>}
    </div>
  );
};
