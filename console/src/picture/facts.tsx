import { Link } from 'react-router';
import type { JobRecord } from '../api/jobs.ts';
import {
  nameOperation,
  showBytes,
  showDateTime,
  showDuration,
  showNumber,
  showSeconds,
  statusWords,
} from '../ui/words.ts';
import { describeCredentials } from './credentials.ts';
import { LabelEditor } from './label-editor.tsx';
import { listSettings } from './settings-list.ts';

/** Everything about a job and the output that is looked at. */
export const Facts = ({ job, index }: { job: JobRecord; index: number }) => {
  const output = job.outputs[index];
  const { cost } = job;
  const seed = output?.seed ?? job.seeds?.[index];
  return (
    <>
      <section aria-labelledby="facts-title">
        <h2 id="facts-title">Facts</h2>
        <dl>
          <Fact name="Made">{showDateTime(job.createdAt)}</Fact>
          <Fact name="State">{statusWords[job.status]}</Fact>
          <Fact name="Operation">{nameOperation(job.operation)}</Fact>
          <Fact name="Model">{job.modelVersion}</Fact>
          <Fact name="Seed">{seed !== undefined && <Link to={`/?seed=${seed}`}>{String(seed)}</Link>}</Fact>
          <Fact name="Size">
            {output?.width !== undefined && output.height !== undefined && `${output.width} × ${output.height} pixels`}
          </Fact>
          <Fact name="File">{output && `${output.contentType}, ${showBytes(output.bytes)}`}</Fact>
          <Fact name="Cost">
            {cost && `${showNumber(cost.actual ?? cost.estimated)} operations${describeCost(cost)}`}
          </Fact>
          <Fact name="Priority">{job.priority}</Fact>
          <Fact name="Batch">
            {job.batchId !== undefined && <Link to={`/batches/${job.batchId}`}>{job.batchId}</Link>}
          </Fact>
          <Fact name="Content credentials">{output && describeCredentials(output.provenance)}</Fact>
        </dl>
        {job.warnings.map((warning) => (
          <p key={warning} className="long-text notice">
            {warning}
          </p>
        ))}
      </section>
      <LabelEditor key={JSON.stringify(job.labels)} job={job} />
      <section aria-labelledby="settings-title">
        <h2 id="settings-title">Settings</h2>
        <dl>
          {listSettings(job.request).map(({ path, name, value }) => (
            <Fact key={path} name={name}>
              {value}
            </Fact>
          ))}
        </dl>
      </section>
      <section aria-labelledby="history-title">
        <h2 id="history-title">History</h2>
        <ol className="history">
          {job.states.map(({ state, at }, place) => (
            <li key={`${at} ${state}`}>
              <span>{statusWords[state]}</span>
              <time dateTime={at}>{showSeconds(at)}</time>
              <span className="quiet">{describePause(job.states[place + 1]?.at, at)}</span>
            </li>
          ))}
        </ol>
        <dl>
          <Fact name="Turns">{showNumber(job.turn)}</Fact>
          <Fact name="Attempts at Adobe">{showNumber(job.attempts)}</Fact>
          <Fact name="Job">{job.jobId}</Fact>
          <Fact name="Adobe's job">{job.upstream?.jobId}</Fact>
          <Fact name="Caller">{job.caller}</Fact>
          <Fact name="SHA-256">{output?.sha256}</Fact>
          <Fact name="Object">{output && `s3://${output.bucket}/${output.key}`}</Fact>
        </dl>
      </section>
    </>
  );
};

const Fact = ({ name, children }: { name: string; children: React.ReactNode }) =>
  children === undefined || children === false || children === '' ? null : (
    <div>
      <dt>{name}</dt>
      <dd className="long-text">{children}</dd>
    </div>
  );

const describePause = (next: string | undefined, at: string): string =>
  next === undefined ? '' : `for ${showDuration(Date.parse(next) - Date.parse(at))}`;

const describeCost = ({ actual, isUncertain }: NonNullable<JobRecord['cost']>): string =>
  isUncertain ? ', if Adobe has billed it' : actual === undefined ? ', as estimated' : '';
