import { Switch } from '@adobe/react-spectrum/Switch';
import { Link, useNavigate, useParams } from 'react-router';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { ProblemNotice } from '../../ui/problem-notice.tsx';
import { OperatorPage } from '../operator-page.tsx';
import { type Caller, useCaller, useChangeCaller, useRemoveCaller } from './caller-api.ts';
import { CallerPause } from './caller-pause.tsx';
import { CallerSecrets } from './caller-secrets.tsx';
import { PolicyForm } from './policy-form.tsx';

/** One caller: its secrets, its policy, and whether its jobs get turns. */
export const Component = () => {
  const { callerId = '' } = useParams();
  const caller = useCaller(callerId);
  return (
    <OperatorPage title={caller.data?.name ?? callerId} query={caller}>
      {caller.data && (
        <>
          <p>
            Client id <code className="long-text">{callerId}</code>.{' '}
            <Link to={`/operators/usage?caller=${encodeURIComponent(callerId)}`}>What its jobs cost</Link>
          </p>
          <CallerRights caller={caller.data} />
          {caller.data.secrets && <CallerSecrets callerId={callerId} secrets={caller.data.secrets} />}
          <CallerPause callerId={callerId} />
          <PolicyForm key={callerId} caller={caller.data} />
          <RemoveCaller caller={caller.data} />
        </>
      )}
    </OperatorPage>
  );
};

const CallerRights = ({ caller: { callerId, operator, disabled } }: { caller: Caller }) => {
  const change = useChangeCaller(callerId);
  if (operator === undefined) return null;
  return (
    <section className="panel" aria-labelledby="rights">
      <h2 id="rights">What it may do</h2>
      <div className="toolbar">
        <Switch
          isSelected={disabled !== true}
          isDisabled={change.isPending}
          onChange={(isEnabled) => change.mutate({ disabled: !isEnabled })}
        >
          May call the gateway
        </Switch>
        <Switch
          isSelected={operator}
          isDisabled={change.isPending}
          onChange={(isOperator) => change.mutate({ operator: isOperator })}
        >
          May operate it
        </Switch>
      </div>
      {change.error && <ProblemNotice title="That did not work" error={change.error} />}
    </section>
  );
};

const RemoveCaller = ({ caller: { callerId, name, operator } }: { caller: Caller }) => {
  const navigate = useNavigate();
  const remove = useRemoveCaller(callerId);
  return (
    <div className="toolbar">
      <ConfirmButton
        label={operator === undefined ? 'Remove policy' : 'Remove caller'}
        title={`Remove ${(name ?? callerId).slice(0, 80)}?`}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => navigate('/operators/callers') })}
      >
        Its secrets stop working within a minute. Its jobs and pictures stay.
      </ConfirmButton>
      <Link to={`/operators/erasures?caller=${encodeURIComponent(callerId)}`}>Erase its jobs and pictures</Link>
      {remove.error && <ProblemNotice title="It was not removed" error={remove.error} />}
    </div>
  );
};
