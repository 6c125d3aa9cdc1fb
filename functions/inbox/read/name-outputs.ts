import { countRequestedOutputs } from '#shared/adobe/services/operation.ts';
import { createNameClaims, type NameClaims } from '#shared/jobs/output-name.ts';
import { fillName } from '#shared/requests/name-template.ts';
import type { InboxContext } from '../context.ts';
import { readLineRequest } from './line-request.ts';
import type { FileNotes, PreparedLine, RequestLine } from './prepared-line.ts';

/** What naming a line takes. */
interface Naming {
  operations: InboxContext['operations'];
  notes: FileNotes;
  claims: NameClaims;
  /** Of lines without a name of their own. */
  template: string | undefined;
}

/**
 * Gives the outputs of lines their names, while the file is read as a whole: by the line's own `name`, else by the batch's. Of two
 * lines with one name the first in the file has it, so that the same file always leads to the same names.
 *
 * @param template the batch's; without one that of the file counts
 */
export async function* nameOutputs(
  { operations }: Pick<InboxContext, 'operations'>,
  lines: AsyncIterable<PreparedLine>,
  notes: FileNotes,
  template: string | undefined,
): AsyncGenerator<PreparedLine> {
  const claims = createNameClaims();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    // Known with the first line.
    const naming = { operations, notes, claims, template: template ?? notes.outputName };
    const isNamed = naming.template !== undefined || (line.kind === 'request' && line.json.includes('"name"'));
    yield line.kind === 'request' && isNamed ? nameLine(line, number, naming) : line;
  }
}

// A line that expired at this time is none: whether it has now is found out when it becomes a job.
const anyTime = 0;

const nameLine = (line: RequestLine, number: number, { operations, notes, claims, template }: Naming): PreparedLine => {
  const request = readLineRequest(line.json, operations, anyTime);
  if ('error' in request) return line;
  const { operation, id, priority, modelVersion, name = template } = request;
  if (name === undefined) return line;
  const { row, columns: cells } = line;
  const filled = fillName(name, {
    columns: cells && Object.fromEntries(notes.columns.map((column, index) => [column, cells[index] ?? ''])),
    fields: { id, line: number, row, operation: operation.name, modelVersion, priority },
    body: request.body,
  });
  if ('problem' in filled) {
    return { kind: 'error', code: 'invalid_output_name', message: filled.problem, id, row, columns: cells };
  }
  const count = countRequestedOutputs(operation, request.body as Readonly<Record<string, unknown>>) ?? 1;
  return { ...line, outputName: { name: claims.claim(filled.name, count), count } };
};
