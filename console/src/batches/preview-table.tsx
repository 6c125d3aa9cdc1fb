import { DataTable } from '../ui/data-table.tsx';
import { showNumber } from '../ui/words.ts';
import { describeCheck, type LineCheck, useLineChecks } from './check-lines.ts';
import type { FilePreview, PreviewLine } from './preview-file.ts';

interface CheckedLine extends PreviewLine {
  check: LineCheck | undefined;
}

/** The first requests of a file, and what is wrong with them. */
export const PreviewTable = ({ preview: { lines, count, problem } }: { preview: FilePreview }) => {
  const checks = useLineChecks(lines);
  if (problem !== undefined) return null;
  if (lines.length === 0) {
    return (
      <p>The gateway reads this file once it is sent: each row is checked, and the report names those it rejects.</p>
    );
  }
  const checked = lines.map((line, index) => ({ ...line, check: checks[index] }));
  return (
    <>
      <DataTable label="First lines" rows={checked} rowKey={({ line }) => String(line)} columns={columns} />
      {count !== undefined && count > lines.length && (
        <p>And {showNumber(count - lines.length)} more. A line that is wrong never stops the others.</p>
      )}
    </>
  );
};

const columns = [
  { title: 'Line', isNumber: true, isRowHeader: true, cell: ({ line }: CheckedLine) => showNumber(line) },
  { title: 'Id', cell: ({ id }: CheckedLine) => <span className="clipped">{id}</span> },
  { title: 'Operation', cell: ({ operation }: CheckedLine) => <span className="clipped">{operation}</span> },
  { title: 'Prompt', cell: ({ prompt }: CheckedLine) => <span className="clipped">{prompt}</span> },
  {
    title: 'Check',
    cell: (line: CheckedLine) => {
      const { text, isWrong } = describeCheck(line, line.check);
      return <span className={isWrong ? 'field-problem clipped' : 'clipped'}>{text}</span>;
    },
  },
];
