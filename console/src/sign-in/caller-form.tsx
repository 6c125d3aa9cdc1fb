import { Button } from '@adobe/react-spectrum/Button';
import { Checkbox } from '@adobe/react-spectrum/Checkbox';
import { TextField } from '@adobe/react-spectrum/TextField';
import { type FormEvent, useState } from 'react';
import { fetchApi } from '../api/client.ts';
import { ApiProblem } from '../api/problem.ts';
import type { IssuedToken } from '../api/session.ts';

interface TokenAnswer {
  access_token: string;
  expires_in: number;
}

/** Signs in a caller by the id and secret that an operator gave out. */
export const CallerForm = ({ onToken }: { onToken: (token: IssuedToken) => void }) => {
  const [clientId, setClientId] = useState('');
  const [secret, setSecret] = useState('');
  const [isKept, setKept] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      const { access_token: token, expires_in: expiresInSeconds } = await requestToken(clientId.trim(), secret.trim());
      onToken({ token, expiresInSeconds, isKept });
    } catch (error) {
      setProblem(describeRefusal(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <h1>Sign in</h1>
      <p>With the client id and secret that an operator of this gateway gave you.</p>
      <TextField
        label="Client id"
        value={clientId}
        onChange={setClientId}
        isRequired
        width="100%"
        autoComplete="username"
      />
      <TextField
        label="Client secret"
        type="password"
        value={secret}
        onChange={setSecret}
        isRequired
        width="100%"
        autoComplete="current-password"
      />
      <Checkbox isSelected={isKept} onChange={setKept}>
        Stay signed in while this tab is open
      </Checkbox>
      <p role="alert" className="sign-in-problem">
        {problem}
      </p>
      <Button variant="accent" type="submit" isDisabled={isBusy || clientId.trim() === '' || secret.trim() === ''}>
        Sign in
      </Button>
    </form>
  );
};

const requestToken = async (clientId: string, secret: string): Promise<TokenAnswer> => {
  const answer = await fetchApi('/ims/token/v3', {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: secret,
      scope: 'openid',
    }),
  });
  return (await answer.json()) as TokenAnswer;
};

const describeRefusal = (error: unknown): string => {
  if (!(error instanceof ApiProblem)) return 'Something unexpected happened. Try again.';
  if (error.status === 0) return error.message;
  if (error.status === 429) return 'Too many attempts. Wait a minute, then try again.';
  if (error.status >= 500) return 'The gateway could not answer. Try again in a moment.';
  return 'The gateway does not know this id with this secret.';
};
