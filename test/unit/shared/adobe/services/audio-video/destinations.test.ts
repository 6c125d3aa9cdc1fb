import { describe, expect, it } from 'vitest';
import { renderDestinations, renditionDestinations } from '#shared/adobe/services/audio-video/destinations.ts';
import { audioVideo } from '#shared/adobe/services/audio-video/service.ts';

const put = (name: string) => ({ url: `https://bucket.s3.amazonaws.com/${name}?X-Amz-Signature=1` });
const error = { error_code: 'validation_error', message: 'No.' };

/** The result as it is kept of a job, whose status body has these outputs. */
const keep = (path: string, status: Record<string, unknown>) => {
  const operation = audioVideo.operations.find((each) => each.path === path);
  const progress = operation && audioVideo.dialect.readStatus(status, operation);
  if (progress?.kind !== 'succeeded') throw new Error('The job has not succeeded.');
  return progress;
};

describe('renditions', () => {
  const square = { aspectRatio: { x: 1, y: 1 } };
  const wide = { aspectRatio: { x: 16, y: 9 } };
  const body = {
    video: { source: { url: 's3://b/c' } },
    output: {
      format: { media: 'mp4', sidecar: 'otio' },
      renditions: [
        { ...square, mediaDestination: put('a'), sidecarDestination: put('b') },
        { ...wide, mediaDestination: put('c') },
      ],
    },
  };
  const { write, read, host, presume } = renditionDestinations;

  it('get one URL for each of their files', () => {
    expect(write?.(body, ['1', '2', '3', '4'])?.['output']).toEqual({
      ...body.output,
      renditions: [
        { ...square, mediaDestination: { url: '1' }, sidecarDestination: { url: '2' } },
        { ...wide, mediaDestination: { url: '3' }, sidecarDestination: { url: '4' } },
      ],
    });
  });

  it('are hosted without the URLs of the caller', () => {
    expect(host?.(body)).toEqual({ ...body, output: { ...body.output, renditions: [square, wide] } });
  });

  it('go to the URLs of the caller, whichever of them failed', () => {
    const both = (name: string) => ({ destination: put(name), sidecarDestination: put(`${name}.otio`) });
    const all = keep('/v2/reframe', { status: 'succeeded', outputs: [both('x'), both('y')] });
    expect(read?.(body, all.result)).toEqual([put('a').url, put('b').url, put('c').url]);
    const second = keep('/v2/reframe', { status: 'partially_succeeded', outputs: [{ error }, both('y')] });
    expect(second.outputs).toMatchObject([{ error: {} }, put('y'), put('y.otio')]);
    expect(read?.(body, second.result)).toEqual([undefined, put('c').url]);
  });

  it('have a status that can be presumed', () => {
    const { outputs } = keep(
      '/v2/reframe',
      presume?.(body, ['https://a.b/1', 'https://a.b/2', 'https://a.b/3', 'https://a.b/4']) ?? {},
    );
    expect(outputs).toEqual([1, 2, 3, 4].map((n) => ({ url: `https://a.b/${n}` })));
  });
});

describe('renders', () => {
  const [first, second] = [
    { variationIndex: 1, presetIndex: 0 },
    { variationIndex: 0, presetIndex: 0 },
  ];
  const body = {
    source: { url: 's3://b/c' },
    variations: [{ variables: [] }, { variables: [] }],
    outputs: [
      { ...first, fileName: 'one', destination: put('a').url },
      { ...second, destination: put('b') },
    ],
  };
  const { write, read, host, presume } = renderDestinations;

  it('get one URL for each video, as Adobe documents it: a text', () => {
    expect(write?.(body, ['1', '2'])?.['outputs']).toEqual([
      { ...first, fileName: 'one', destination: '1' },
      { ...second, destination: '2' },
    ]);
    const { outputs: _, ...all } = body;
    expect(write?.(all, ['1', '2'])?.['outputs']).toEqual([
      { variationIndex: 0, presetIndex: 0, destination: '1' },
      { variationIndex: 1, presetIndex: 0, destination: '2' },
    ]);
  });

  it('are hosted without the URLs of the caller', () => {
    expect(host?.(body)).toEqual({ ...body, outputs: [{ ...first, fileName: 'one' }, second] });
    const { outputs: _, ...all } = body;
    expect(host?.(all)).toEqual(all);
  });

  it('go to the URLs of the caller by variation and preset, in whichever order Adobe names them', () => {
    const made = (item: object, name: string) => ({ ...item, destination: put(name) });
    const all = keep('/v1/templates/render', { status: 'succeeded', outputs: [made(second, 'x'), made(first, 'y')] });
    expect(read?.(body, all.result)).toEqual([put('b').url, put('a').url]);
    const one = keep('/v1/templates/render', {
      status: 'partially_succeeded',
      outputs: [made(second, 'x')],
      errors: [{ ...first, error }],
    });
    expect(read?.(body, one.result)).toEqual([put('b').url]);
  });

  it('have a status that can be presumed', () => {
    const { outputs } = keep('/v1/templates/render', presume?.(body, ['https://a.b/1', 'https://a.b/2']) ?? {});
    expect(outputs).toEqual([{ url: 'https://a.b/1' }, { url: 'https://a.b/2' }]);
  });
});
