import { Button } from '@adobe/react-spectrum/Button';
import { Form } from '@adobe/react-spectrum/Form';
import { Item, Picker } from '@adobe/react-spectrum/Picker';
import { TextField } from '@adobe/react-spectrum/TextField';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { ApiProblem } from '../../api/problem.ts';
import { DataTable } from '../../ui/data-table.tsx';
import { showDay } from '../../ui/dates.ts';
import { showNumber } from '../../ui/words.ts';
import { useUsage } from '../operator-api.ts';
import { OperatorPage } from '../operator-page.tsx';
import { ExportCsv } from './export-csv.tsx';
import { type Dimension, type Measure, nameRow, type Usage } from './series.ts';
import { UsagePlot } from './usage-plot.tsx';

const dimensions: Readonly<Record<Dimension, string>> = {
  day: 'Day',
  caller: 'Caller',
  label: 'Label',
  operation: 'Operation',
  model: 'Model',
};
const measures: Readonly<Record<Measure, string>> = { cost: 'Operations', outputs: 'Outputs', jobs: 'Jobs' };

const isDimension = (name: string | null): name is Dimension => name !== null && Object.hasOwn(dimensions, name);
const isMeasure = (name: string | null): name is Measure => name !== null && Object.hasOwn(measures, name);

/** What the jobs of all callers cost, as a plot and as a table. What is shown stands in the address. */
export const Component = () => {
  const [parameters, setParameters] = useSearchParams();
  const given = { by: parameters.get('by'), measure: parameters.get('measure') };
  const by = isDimension(given.by) ? given.by : 'day';
  const measure = isMeasure(given.measure) ? given.measure : 'cost';
  const query = {
    by,
    from: parameters.get('from') ?? undefined,
    to: parameters.get('to') ?? undefined,
    caller: parameters.get('caller') ?? undefined,
  };
  const usage = useUsage(query);
  const set = (changes: Readonly<Record<string, string>>) => {
    const next = { ...Object.fromEntries(parameters), ...changes };
    setParameters(Object.entries(next).filter(([, value]) => value !== ''));
  };
  return (
    <OperatorPage title="Usage" query={usage}>
      <div className="toolbar">
        <Picker label="By" selectedKey={by} onSelectionChange={(key) => set({ by: String(key) })}>
          {Object.entries(dimensions).map(([key, name]) => (
            <Item key={key}>{name}</Item>
          ))}
        </Picker>
        <Picker label="Plot" selectedKey={measure} onSelectionChange={(key) => set({ measure: String(key) })}>
          {Object.entries(measures).map(([key, name]) => (
            <Item key={key}>{name}</Item>
          ))}
        </Picker>
        <Range key={parameters.toString()} given={query} error={usage.error} onChange={set} />
        <ExportCsv query={query} />
      </div>
      {usage.data && <UsageContent usage={usage.data} by={by} measure={measure} />}
    </OperatorPage>
  );
};

const Range = (props: {
  given: { from: string | undefined; to: string | undefined; caller: string | undefined };
  error: Error | null;
  onChange(changes: Record<string, string>): void;
}) => {
  const { given, error, onChange } = props;
  const [from, setFrom] = useState(given.from ?? '');
  const [to, setTo] = useState(given.to ?? '');
  const [caller, setCaller] = useState(given.caller ?? '');
  const problem = (name: string) =>
    error instanceof ApiProblem ? error.fields.find(({ path }) => path[1] === name)?.message : undefined;
  const look = (name: string) => ({
    validationState: problem(name) === undefined ? undefined : ('invalid' as const),
    errorMessage: problem(name),
  });
  return (
    <Form
      aria-label="Which usage"
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ from: from.trim(), to: to.trim(), caller: caller.trim() });
      }}
    >
      <div className="toolbar">
        <TextField
          label="From (UTC day)"
          description="Such as 2026-03-01"
          value={from}
          onChange={setFrom}
          {...look('from')}
        />
        <TextField label="To (UTC day)" description="Such as 2026-03-31" value={to} onChange={setTo} {...look('to')} />
        <TextField label="Caller" value={caller} onChange={setCaller} />
        <Button variant="primary" type="submit">
          Show
        </Button>
      </div>
    </Form>
  );
};

const UsageContent = ({ usage, by, measure }: { usage: Usage; by: Dimension; measure: Measure }) => {
  const rows = usage.usage;
  const cellOf = (row: Usage['usage'][number]) => (by === 'day' ? showDay(nameRow(row, by)) : nameRow(row, by));
  return (
    <>
      <p>
        {showDay(usage.from)} to {showDay(usage.to)}, by the day on which jobs were made
        {usage.total &&
          `: ${showNumber(usage.total.cost)} Operations for ${showNumber(usage.total.outputs)} outputs of ${showNumber(usage.total.jobs)} jobs`}
        .
      </p>
      {rows.length === 0 ? (
        <p>No job has ended that was made in this time.</p>
      ) : (
        <>
          <UsagePlot usage={usage} by={by} measure={measure} unit={measures[measure]} />
          <DataTable
            label={`Usage by ${dimensions[by].toLowerCase()}`}
            rows={rows}
            rowKey={(row) => nameRow(row, by)}
            columns={[
              { title: dimensions[by], isRowHeader: true, cell: cellOf },
              { title: 'Operations', isNumber: true, cell: ({ cost }) => showNumber(cost) },
              { title: 'Outputs', isNumber: true, cell: ({ outputs }) => showNumber(outputs) },
              { title: 'Jobs', isNumber: true, cell: ({ jobs }) => showNumber(jobs) },
            ]}
          />
        </>
      )}
    </>
  );
};
