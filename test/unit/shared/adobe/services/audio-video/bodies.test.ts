import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { audioVideo as simulated } from '#local/simulator/audio-video/service.ts';
import { audioVideo } from '#shared/adobe/services/audio-video/service.ts';
import { checkRequest } from '#shared/adobe/services/check-request.ts';
import { countRequestedOutputs } from '#shared/adobe/services/operation.ts';
import { breakagesOf } from '#test/fixtures/broken-bodies.ts';
import { bodySchema } from '#test/fixtures/request-bodies.ts';
import { validBodies } from './requests.ts';

const numRuns = 20;

const findOperation = (name: string) => {
  const found = audioVideo.operations.find((operation) => operation.name === `audio-video/${name}`);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
};

const pathsOf = (name: string, body: unknown) =>
  checkRequest(findOperation(name), body).issues.map(({ path }) => path.join('.'));

/** Whether the simulator takes the fields of a request. */
const isTaken = (name: string, body: unknown): boolean | undefined =>
  simulated.operations.find(({ path }) => path === findOperation(name).path)?.body.safeParse(body).success;

describe('what Adobe allows passes here, and in the simulator', () => {
  it.each(audioVideo.operations)('$name', (operation) => {
    const body = validBodies[operation.name];
    if (body === undefined) throw new Error('There are no valid bodies.');
    const there = simulated.operations.find(({ path }) => path === operation.path);
    fc.assert(
      fc.property(body, (request) => {
        expect(checkRequest(operation, request).issues).toEqual([]);
        expect(there?.body.safeParse(request).error?.issues ?? []).toEqual([]);
        expect(countRequestedOutputs(operation, request) ?? 1).toBeGreaterThan(0);
      }),
      { numRuns },
    );
  });
});

describe('what is wrong in one place is named', () => {
  it.each(audioVideo.operations)('$name', (operation) => {
    const body = validBodies[operation.name];
    if (body === undefined) throw new Error('There are no valid bodies.');
    const broken = body.chain((request) => fc.constantFrom(...breakagesOf(bodySchema(operation), request)));
    fc.assert(
      fc.property(broken, ({ body: request, path }) => {
        expect(checkRequest(operation, request).issues.map((issue) => issue.path)).toContainEqual(path);
      }),
      { numRuns: 2 * numRuns },
    );
  });
});

const source = { url: 's3://inputs/in' };
const script = { text: 'A text of fifteen.', mediaType: 'text/plain', localeCode: 'en-US' };
const speech = (change: object) => ({
  script: { ...script, ...change },
  voiceId: 'v1',
  output: { mediaType: 'audio/wav' },
});
const avatar = { avatarId: 'a1', output: { mediaType: 'video/mp4' } };
const audio = { source, mediaType: 'audio/wav' };
const video = { source, mediaType: 'video/mp4' };
const spoken = { ...audio, localeCode: 'en-US' };
const behind = (background: object) => ({ ...avatar, audio: spoken, output: { ...avatar.output, background } });
const rendering = (change: object) => ({ source, variations: [{ variables: [{ variableId: 'a' }] }], ...change });
const renditions = (...list: object[]) => ({ video: { source }, output: { renditions: list } });
const square = { aspectRatio: { x: 1, y: 1 } };

// The simulator refuses as well what Adobe is known to refuse; what is without effect there may pass.
describe('the rules between fields', () => {
  it.each<[operation: string, body: object, path: string, passesInSimulator?: boolean]>([
    ['generate-speech', speech({ text: 'Too short here' }), 'script.text'],
    ['generate-speech', speech({ text: 'x'.repeat(20_001) }), 'script.text'],
    ['generate-speech', speech({ text: 'A text with a cat 🐈.' }), 'script.text'],
    ['generate-speech', speech({ text: 'A text with a flag 🇫🇷.' }), 'script.text'],
    ['generate-speech', speech({ text: 'Текст из букв кириллицы' }), 'script.text'],
    ['generate-speech', speech({ source }), 'script.source'],
    ['generate-speech', speech({ text: undefined }), 'script.text'],
    ['generate-avatar', { ...avatar, script, voiceId: 'v1', audio: spoken }, 'audio'],
    ['generate-avatar', avatar, 'script'],
    ['generate-avatar', { ...avatar, script }, 'voiceId'],
    ['generate-avatar', behind({ type: 'color', color: '#fff000', source }), 'output.background.source'],
    ['generate-avatar', behind({ type: 'color' }), 'output.background.color'],
    ['generate-avatar', behind({ type: 'image', color: '#fff000' }), 'output.background.type', true],
    ['generate-avatar', behind({ color: 'red' }), 'output.background.color'],
    [
      'generate-avatar',
      { ...avatar, audio: spoken, output: { ...avatar.output, resolution: { width: '640', height: '480' } } },
      'output.resolution',
    ],
    ['transcribe', { audio, video }, 'video'],
    ['transcribe', {}, 'audio'],
    ['transcribe', { audio, captions: {}, targetLocaleCodes: ['en-US', 'es-ES'] }, 'captions'],
    ['dub', { audio, video, targetLocaleCodes: ['es-ES'] }, 'video'],
    ['dub', { audio }, 'targetLocaleCodes'],
    ['dub', { audio, targetLocaleCodes: [], transcripts: [] }, 'targetLocaleCodes'],
    [
      'dub',
      { audio, targetLocaleCodes: ['es-ES'], transcripts: [{ source, localeCode: 'es-ES' }] },
      'targetLocaleCodes',
    ],
    ['reframe', { video, outputConfig: { aspectRatios: ['wide'] } }, 'outputConfig.aspectRatios.0'],
    ['reframe-v2', renditions({ ...square, resolution: { width: 1, height: 1 } }), 'output.renditions.0.resolution'],
    ['reframe-v2', renditions({}), 'output.renditions.0.aspectRatio'],
    ['reframe-v2', renditions(square, square), 'output.renditions', true],
    [
      'reframe-v2',
      { video: { source }, output: { format: { media: 'none' }, renditions: [square] } },
      'output.format.sidecar',
      true,
    ],
    ['reframe-v2', { ...renditions(square), analysis: { focalPoints: ['a car!'] } }, 'analysis.focalPoints.0'],
    ['describe-template', { source, type: 'aep' }, 'compName'],
    ['render-template', rendering({ type: 'aep' }), 'compName'],
    ['render-template', rendering({ config: { sidecar: 'aep' } }), 'config.sidecar', true],
    [
      'render-template',
      rendering({ presets: [{ source: { presetId: 'a', url: 's3://b/c' } }] }),
      'presets.0.source.url',
      true,
    ],
    ['render-template', rendering({ outputs: [{ variationIndex: 1, presetIndex: 0 }] }), 'outputs.0.variationIndex'],
    [
      'render-template',
      rendering({ presets: [{ source: { presetId: 'a' } }], outputs: [{ variationIndex: 0, presetIndex: 1 }] }),
      'outputs.0.presetIndex',
    ],
    [
      'render-template',
      rendering({ variations: [{ variables: [{ variableId: 'a', assetIndex: 0 }] }] }),
      'variations.0.variables.0.assetIndex',
    ],
    ['render-template', rendering({ variations: Array.from({ length: 11 }, () => ({ variables: [] })) }), 'variations'],
    ['render-template', rendering({ layerOperations: [{ operation: 'enable_layer' }] }), 'layerOperations.0', true],
  ])('%s: %j is refused for %s', (name, body, path, passesInSimulator = false) => {
    expect(pathsOf(name, body)).toEqual([path]);
    expect(isTaken(name, body)).toBe(passesInSimulator);
  });

  it.each<[string, object]>([
    ['generate-speech', speech({ text: 'これは十五文字以上の日本語のテキストです。', localeCode: 'ja-JP' })],
    ['dub', { audio, targetLocaleCodes: ['es-ES'], transcripts: [{ source }] }],
    ['transcribe', { audio, captions: { targetFormats: ['SRT'] }, targetLocaleCodes: ['en-US'] }],
  ])('%s: %j is allowed', (name, body) => {
    expect(pathsOf(name, body)).toEqual([]);
    expect(isTaken(name, body)).toBe(true);
  });

  it('warn of what is without effect', () => {
    const warningsOf = (name: string, body: unknown) => checkRequest(findOperation(name), body).warnings;
    expect(warningsOf('dub', { audio, targetLocaleCodes: ['es-ES'], lipSync: true })).toHaveLength(1);
    expect(warningsOf('describe-template', { source, compName: 'Main' })).toHaveLength(1);
    expect(warningsOf('render-template', rendering({ layerOperations: [] }))).toHaveLength(1);
  });
});

describe('outputs', () => {
  it.each<[string, object, number | undefined]>([
    ['generate-speech', speech({}), 1],
    ['transcribe', { audio }, undefined],
    ['dub', { audio, targetLocaleCodes: ['es-ES'] }, undefined],
    ['reframe', { video, outputConfig: { aspectRatios: ['1:1', '9:16'] } }, 2],
    ['reframe-v2', renditions(square, { aspectRatio: { x: 9, y: 16 } }), 2],
    [
      'reframe-v2',
      { video: { source }, output: { format: { media: 'mp4', sidecar: 'otio' }, renditions: [square] } },
      2,
    ],
    ['render-template', rendering({}), 1],
    ['render-template', rendering({ presets: [{ source: { presetId: 'a' } }, { source: { presetId: 'b' } }] }), 2],
    ['render-template', rendering({ outputs: [{ variationIndex: 0, presetIndex: 0 }] }), 1],
  ])('%s: %j are %s', (name, body, count) => {
    expect(countRequestedOutputs(findOperation(name), body as Record<string, unknown>)).toBe(count);
  });
});
