import { DataTable } from '../ui/data-table.tsx';
import { showNumber } from '../ui/words.ts';
import type { FilePreview, PreviewLine } from './preview-file.ts';

/** The first requests of a file, and what is wrong with them. */
export const PreviewTable = ({ preview: { lines, count, problem } }: { preview: FilePreview }) => {
  if (problem !== undefined) return null;
  if (lines.length === 0) {
    return (
      <p>The gateway reads this file once it is sent: each row is checked, and the report names those it rejects.</p>
    );
  }
  return (
    <>
      <DataTable label="First lines" rows={lines} rowKey={({ line }) => String(line)} columns={columns} />
      {count !== undefined && count > lines.length && (
        <p>And {showNumber(count - lines.length)} more. A line that is wrong never stops the others.</p>
      )}
    </>
  );
};

const columns = [
  { title: 'Line', isNumber: true, isRowHeader: true, cell: ({ line }: PreviewLine) => showNumber(line) },
  { title: 'Id', cell: ({ id }: PreviewLine) => <span className="clipped">{id}</span> },
  { title: 'Operation', cell: ({ operation }: PreviewLine) => <span className="clipped">{operation}</span> },
  { title: 'Prompt', cell: ({ prompt }: PreviewLine) => <span className="clipped">{prompt}</span> },
  {
    title: 'Check',
    cell: ({ problem }: PreviewLine) =>
      problem === undefined ? 'Readable' : <span className="field-problem">{problem}</span>,
  },
];
