import type { JobSummary } from '../api/jobs.ts';
import { nameFile } from '../ui/file-kinds.ts';
import { nameOperation, showBytes } from '../ui/words.ts';

// The page of the job has all of it.
const maxPromptLength = 300;

const glyphs: Readonly<Record<string, string>> = { video: '▶', audio: '♪' };

/** Stands in for the small picture of an output that has none, or none yet. */
export const Placeholder = (props: { job: JobSummary; output: JobSummary['outputs'][number]; isComing: boolean }) => {
  const { job, output, isComing } = props;
  const glyph = glyphs[output.contentType.split('/')[0] ?? ''];
  return (
    <span className="placeholder">
      {glyph !== undefined && <span className="glyph">{glyph}</span>}
      <b>{isComing ? 'Preview is being made' : nameFile(output.contentType)}</b>
      <span>{nameOperation(job.operation)}</span>
      <span>{showBytes(output.bytes)}</span>
      {!isComing && <span className="prompt">{job.prompt?.slice(0, maxPromptLength)}</span>}
    </span>
  );
};
