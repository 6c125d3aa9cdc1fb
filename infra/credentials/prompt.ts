import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CredentialsError } from './errors.ts';

/** Asks the person at the terminal. */
export interface Prompt {
  ask(question: string): Promise<string>;
  /** As `ask`, and what is typed is not shown. */
  askHidden(question: string): Promise<string>;
}

/** A terminal to ask at. */
export interface Terminal {
  input: NodeJS.ReadableStream & { isTTY?: boolean };
  /** Where the questions are shown. */
  output: NodeJS.WritableStream;
}

/** @returns undefined if the input is no terminal: then there is nobody to ask */
export const openPrompt = ({ input, output }: Terminal): Prompt | undefined => {
  if (!input.isTTY) return undefined;

  const question = async (text: string, echo: NodeJS.WritableStream): Promise<string> => {
    const lines = createInterface({ input, output: echo, terminal: true, historySize: 0 });
    const ended = new Promise<never>((_resolve, reject) => {
      for (const end of ['SIGINT', 'close'] as const) {
        lines.once(end, () =>
          reject(new CredentialsError('Broken off; nothing was changed after the last line above.')),
        );
      }
    });
    try {
      return (await Promise.race([lines.question(text), ended])).trim();
    } finally {
      ended.catch(() => undefined);
      lines.close();
    }
  };

  return {
    ask: (text) => question(text, output),
    askHidden: async (text) => {
      output.write(text);
      try {
        return await question('', new Writable({ write: (_chunk, _encoding, done) => done() }));
      } finally {
        output.write('\n');
      }
    },
  };
};
