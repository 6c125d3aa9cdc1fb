import { Writable } from 'node:stream';

/** Streams that keep what is written to them. */
export const captured = () => {
  const chunks = { stdout: [] as string[], stderr: [] as string[] };
  const into = (kept: string[]) =>
    new Writable({
      write: (chunk, _encoding, done) => {
        kept.push(String(chunk));
        done();
      },
    });
  return {
    stdout: into(chunks.stdout),
    stderr: into(chunks.stderr),
    text: () => ({ stdout: chunks.stdout.join(''), stderr: chunks.stderr.join('') }),
  };
};
