/** Collects what a sandbox writes into whole lines. */
export interface LogLines {
  write(text: string): void;
  /** Hands over what was written after the last line break. */
  flush(): void;
}

/** @param onLine receives each line without its line break */
export const createLogLines = (onLine: (line: string) => void): LogLines => {
  let rest = '';
  return {
    write: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    },
    flush: () => {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
};
