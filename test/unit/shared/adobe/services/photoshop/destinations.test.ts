import { describe, expect, it } from 'vitest';
import { edit } from '#shared/adobe/services/photoshop/operations/edit.ts';
import { executeActions } from '#shared/adobe/services/photoshop/operations/execute-actions.ts';

const image = { source: { url: 's3://bucket/a.png' } };
const own = { url: 'https://example.com/a?sig=secret', storageType: 'azure' };
const body = {
  image,
  outputs: [
    { mediaType: 'image/jpeg', quality: 'low', destination: own },
    { mediaType: 'image/png' },
    { mediaType: 'application/rdf+xml', destination: { embedded: 'string' } },
    { mediaType: 'image/png', destination: { validityPeriod: 60 } },
  ],
};

describe('where outputs of Photoshop go', () => {
  it('is to Adobe for as long as it hosts them, or into its answer', () => {
    const hosted = { validityPeriod: 86_400 };
    expect(edit.destinations?.host?.(body)).toEqual({
      image,
      outputs: [
        { mediaType: 'image/jpeg', quality: 'low', destination: hosted },
        { mediaType: 'image/png', destination: hosted },
        { mediaType: 'application/rdf+xml', destination: { embedded: 'string' } },
        { mediaType: 'image/png', destination: hosted },
      ],
    });
  });

  it('is to addresses of the gateway, each by its place', () => {
    expect(edit.destinations?.write?.(body, ['a', 'b', 'c', 'd'])).toEqual({
      image,
      outputs: [
        { mediaType: 'image/jpeg', quality: 'low', destination: { url: 'a' } },
        { mediaType: 'image/png', destination: { url: 'b' } },
        { mediaType: 'application/rdf+xml', destination: { embedded: 'string' } },
        { mediaType: 'image/png', destination: { url: 'd' } },
      ],
    });
  });

  it('is to the address of the caller in the end, which Adobe is never given', () => {
    expect(edit.destinations?.read?.(body)).toEqual([own.url, undefined, undefined, undefined]);
    expect(JSON.stringify([edit.destinations?.host?.(body), edit.destinations?.write?.(body, [])])).not.toContain(
      'secret',
    );
  });

  it('stays with Adobe where a pattern finds the files of a script, whose number nobody knows', () => {
    const outputs = [{ mediaType: 'image/png' }, { mediaType: 'application/json', scriptOutputPattern: '*.json' }];
    // Without a number there are no addresses to write to.
    expect(executeActions.countOutputs?.({ outputs })).toBeUndefined();
    expect(executeActions.destinations?.host?.({ outputs })).toEqual({
      outputs: outputs.map((output) => ({ ...output, destination: { validityPeriod: 86_400 } })),
    });
  });

  it('is known without an answer', () => {
    const presumed = edit.destinations?.presume?.({ outputs: [{ mediaType: 'image/png' }] }, ['https://a/0']);
    expect(presumed).toEqual({
      status: 'succeeded',
      result: { outputs: [{ destination: { url: 'https://a/0' }, mediaType: 'image/png' }] },
    });
  });
});
