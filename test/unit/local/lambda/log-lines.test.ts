import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogLines } from '#local/lambda/sandbox.ts';

describe('createLogLines', () => {
  it('hands over the same lines however the text is cut up', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        const lines: string[] = [];
        const logLines = createLogLines((line) => lines.push(line));
        for (const part of parts) logLines.write(part);
        logLines.flush();
        const text = parts.join('');
        expect(lines).toEqual(text === '' ? [] : text.replace(/\n$/, '').split('\n'));
      }),
    );
  });
});
