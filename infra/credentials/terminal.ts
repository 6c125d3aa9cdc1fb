import { Writable } from 'node:stream';
import { input as askInput, password as askPassword } from '@inquirer/prompts';
import { CredentialsError } from './errors.ts';

/** Where the command writes. The values of secrets that it knows are blotted out of every line. */
export interface Output {
  /** A line of the result, on stdout. */
  say(line: string): void;
  /** A line about something that is wrong, on stderr. */
  complain(line: string): void;
  /** Makes a value of a secret known, so that it is never shown. */
  conceal(secret: string): void;
}

/** Writes to the given streams. */
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

/** Asks the person at the terminal. */
export interface Prompt {
  ask(question: string): Promise<string>;
  /** As `ask`, and what is typed is never shown. */
  askHidden(question: string): Promise<string>;
}

/** A terminal to ask at. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  /** Where the questions are shown. */
  output: NodeJS.WritableStream;
}

type Ask = (message: string, context: Terminal & { signal: AbortSignal }) => Promise<string>;

/** Opens the prompt; undefined unless the input is a terminal. */
export const openPrompt = ({ input, output }: Terminal): Prompt | undefined => {
  if (!input.isTTY) return undefined;

  /** @throws {CredentialsError} after Ctrl-C, Ctrl-D or the end of the input */
  const question = async (message: string, ask: Ask): Promise<string> => {
    const brokenOff = new AbortController();
    const abort = () => brokenOff.abort();
    // The prompt itself would wait for ever once its input has ended.
    const abortAtEnd = (_text: string, key: { ctrl?: boolean; name?: string }) => {
      if (key.ctrl && key.name === 'd') abort();
    };
    // The prompt ends its output with each question.
    const shown = new Writable({ write: (chunk, _encoding, done) => void output.write(chunk, () => done()) });
    input.once('end', abort).once('close', abort).on('keypress', abortAtEnd);
    try {
      return (await ask(message.trimEnd(), { input, output: shown, signal: brokenOff.signal })).trim();
    } catch (error) {
      if (!(error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name))) throw error;
      throw new CredentialsError('Broken off; nothing was changed after the last line above.');
    } finally {
      input.off('end', abort).off('close', abort).off('keypress', abortAtEnd);
    }
  };

  return {
    ask: (text) => question(text, (message, context) => askInput({ message }, context)),
    // Without its key that shows what was typed.
    askHidden: (text) => question(text, (message, context) => askPassword({ message, toggleMask: false }, context)),
  };
};
