import { DataTable } from '../../ui/data-table.tsx';
import { showDateTime, showDuration } from '../../ui/words.ts';
import { type HealthDetails, useHealth } from '../operator-api.ts';
import { OperatorPage } from '../operator-page.tsx';
import { type Alarm, alarms } from './alarm-texts.ts';
import { problemTexts, statusTexts } from './problem-texts.ts';
import { RotationPanel } from './rotation-panel.tsx';

/** What the gateway knows of itself, and what each alarm means. */
export const Component = () => {
  const health = useHealth();
  return (
    <OperatorPage title="Health" query={health}>
      {health.data && <HealthContent health={health.data} />}
      <section aria-labelledby="alarms">
        <h2 id="alarms">What each alarm means</h2>
        <DataTable label="Alarms" rows={alarms} rowKey={({ name }) => name} columns={alarmColumns} />
      </section>
    </OperatorPage>
  );
};

const HealthContent = ({ health }: { health: HealthDetails }) => (
  <>
    <p role="status">
      <strong>{statusTexts[health.status]}</strong>. Version {health.version}.
    </p>
    {health.problems.length > 0 && (
      <ul>
        {health.problems.map((problem) => (
          <li key={problem}>{problemTexts[problem]}</li>
        ))}
      </ul>
    )}
    <TokenPanel health={health} />
    <RotationPanel rotation={health.rotation} />
    <section aria-labelledby="services">
      <h2 id="services">Services</h2>
      <DataTable
        label="Services that are on"
        rows={health.services}
        rowKey={({ service }) => service}
        columns={serviceColumns}
      />
    </section>
  </>
);

const TokenPanel = ({ health: { token, tokenRefresh, dispatch } }: { health: HealthDetails }) => (
  <section className="panel" aria-labelledby="token">
    <h2 id="token">Access token and dispatch</h2>
    <dl className="facts">
      <div>
        <dt>Token</dt>
        <dd>
          {token.state.replaceAll('_', ' ')}
          {token.secondsLeft > 0 && `, ${showDuration(token.secondsLeft * 1_000)} left`}
        </dd>
      </div>
      {tokenRefresh && (
        <div>
          <dt>Last refresh</dt>
          <dd>
            {showDateTime(tokenRefresh.lastRunAt)}
            {tokenRefresh.error && `: ${tokenRefresh.error.message}`}
          </dd>
        </div>
      )}
      {dispatch && (
        <div>
          <dt>Last run of dispatch</dt>
          <dd>
            {showDateTime(dispatch.lastRunAt)}
            {dispatch.error && `: ${dispatch.error.message}`}
          </dd>
        </div>
      )}
    </dl>
  </section>
);

type Service = HealthDetails['services'][number];

const serviceColumns = [
  { title: 'Service', isRowHeader: true, cell: ({ title }: Service) => title },
  { title: 'State', cell: ({ advice }: Service) => (advice === undefined ? 'Nothing is missing' : 'Cannot be used') },
  { title: 'What to do', cell: ({ advice }: Service) => advice },
];

const alarmColumns = [
  { title: 'Alarm', isRowHeader: true, cell: ({ name }: Alarm) => <code>{name}</code> },
  { title: 'It means', cell: ({ meaning }: Alarm) => meaning },
  { title: 'What to do', cell: ({ action }: Alarm) => action },
];
