/** Where the command speaks. Whatever it says, the values of secrets that it knows are blotted out. */
export interface Output {
  /** A line of the result, on stdout. */
  say(line: string): void;
  /** A line about something that is wrong, on stderr. */
  complain(line: string): void;
  /** Makes a value of a secret known, so that it is never shown. */
  conceal(secret: string): void;
}

/** Speaks on the given streams. */
export const createOutput = (streams: { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }): Output => {
  const secrets = new Set<string>();
  const shown = (line: string) => [...secrets].reduce((text, secret) => text.replaceAll(secret, '***'), line);
  return {
    say: (line) => void streams.stdout.write(`${shown(line)}\n`),
    complain: (line) => void streams.stderr.write(`${shown(line)}\n`),
    conceal: (secret) => {
      if (secret !== '') secrets.add(secret);
    },
  };
};
