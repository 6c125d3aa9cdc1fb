import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const maxBytes = 10 * 1024 * 1024;
const keptFiles = 5;

/**
 * Writes log lines into a folder: `functions.log`, and `functions.1.log` to `functions.5.log` for what came before.
 *
 * @returns what writes a line of a function; a line that cannot be written, such as on a full disk, is left out
 */
export const createLogFiles = (directory: string): ((functionName: string, line: string) => void) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = (index: number) => join(directory, index === 0 ? 'functions.log' : `functions.${index}.log`);
  let bytes = statSync(path(0), { throwIfNoEntry: false })?.size ?? 0;
  const rotate = () => {
    rmSync(path(keptFiles), { force: true });
    for (let index = keptFiles - 1; index >= 0; index -= 1) {
      if (statSync(path(index), { throwIfNoEntry: false })) renameSync(path(index), path(index + 1));
    }
    bytes = 0;
  };
  let isFailing = false;
  return (functionName, line) => {
    try {
      if (bytes > maxBytes) rotate();
      const text = `${functionName} ${line}\n`;
      appendFileSync(path(0), text, { mode: 0o600 });
      bytes += Buffer.byteLength(text);
      isFailing = false;
    } catch (error) {
      if (!isFailing) console.error(`The log cannot be written: ${error instanceof Error ? error.message : error}`);
      isFailing = true;
    }
  };
};
