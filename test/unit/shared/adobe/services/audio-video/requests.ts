import fc from 'fast-check';

type Fields = Record<string, unknown>;

const locales =
  'da-DK de-DE en-GB en-IN en-US es-419 es-AR es-ES fr-CA fr-FR hi-IN it-IT ja-JP ko-KR nb-NO nl-NL pt-BR pt-PT sv-SE zh-CN'.split(
    ' ',
  );

const locale = fc.constantFrom(...locales);
const source = fc.constantFrom(
  { url: 'https://bucket.s3.eu-west-1.amazonaws.com/in?X-Amz-Signature=1' },
  { url: 'https://d111111abcdef8.cloudfront.net/in.mp4' },
  { url: 's3://inputs/in.wav' },
);
const word = fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 });
const audio = fc.record({
  source,
  mediaType: fc.constantFrom('audio/mp3', 'audio/wav', 'audio/mpeg', 'audio/x-m4a', 'audio/aac'),
});
const video = fc.record(
  {
    source,
    mediaType: fc.constantFrom('video/mp4', 'video/mov', 'video/quicktime', 'video/x-msvideo', 'video/x-matroska'),
    metadata: fc.record({ dialogTrackNumber: fc.integer({ min: 0, max: 9 }) }),
  },
  { requiredKeys: ['source', 'mediaType'] },
);
const recording: fc.Arbitrary<Fields> = fc.oneof(fc.record({ audio }), fc.record({ video }));
const text = fc.oneof(
  { weight: 9, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 15, maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom('é'.repeat(20_000), 'Größe, “cœur” – 100 €.', 'Straße © 2026 ® ™ x') },
);
const script = fc
  .tuple(fc.oneof(fc.record({ text }), fc.record({ source })), locale)
  .map(([spoken, localeCode]) => ({ ...spoken, mediaType: 'text/plain', localeCode }));
const background = fc.oneof(
  fc.record({ type: fc.constant('color'), color: fc.constantFrom('#FFF000', '#00aaff') }),
  fc.record({ type: fc.constantFrom('image', 'video'), source }),
);
const time = fc.constantFrom('00:00:05:00', '01:59:00:23');
const pixels = fc.integer({ min: 1, max: 4_096 });
const anchorPoint = fc.constantFrom('top_left', 'top_right', 'bottom_left', 'bottom_right', 'center');
const overlay = fc.record(
  {
    source,
    mediaType: fc.constantFrom('image/gif', 'image/png', 'image/jpeg'),
    startTime: time,
    duration: time,
    scale: fc.record({ width: pixels, height: pixels }),
    position: fc.record({ anchorPoint, offsetX: fc.integer(), offsetY: fc.integer() }),
    repeat: fc.constantFrom('loop', 'once'),
  },
  { requiredKeys: ['source', 'mediaType', 'startTime', 'duration', 'scale', 'position'] },
);
const put = fc.constant({ url: 'https://bucket.s3.amazonaws.com/out.mp4?X-Amz-Signature=2' });
const rendition = fc
  .tuple(
    fc.oneof(
      fc.record({ aspectRatio: fc.record({ x: pixels, y: pixels }) }),
      fc.record({ resolution: fc.record({ width: pixels, height: pixels }) }),
    ),
    fc.record({ mediaDestination: put, sidecarDestination: put }, { requiredKeys: [] }),
  )
  .map(([frame, destinations]) => ({ ...frame, ...destinations }));
const overlayV2 = fc.record(
  {
    source,
    startTime: time,
    duration: time,
    scale: fc.record({ width: pixels, height: pixels }, { requiredKeys: [] }),
    position: fc.record({ anchorPoint, offsetX: fc.integer(), offsetY: fc.integer() }, { requiredKeys: [] }),
    repeat: fc.constantFrom('stop_on_last_frame', 'loop', 'time_stretch'),
  },
  { requiredKeys: [] },
);
const format = fc.oneof(
  fc.record({ media: fc.constantFrom('mp4', 'mov', 'source') }),
  fc.record({ media: fc.constantFrom('none', 'mp4', 'mov', 'source'), sidecar: fc.constantFrom('json', 'otio') }),
);
const template: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ source, type: fc.constant('mogrt') }, { requiredKeys: ['source'] }),
  fc.record({ source, type: fc.constant('aep'), compName: word }),
);
const variable = fc.record(
  {
    variableId: word,
    selectedCheckboxValue: fc.boolean(),
    selectedDropdownValue: word,
    selectedSliderValue: fc.double({ min: -100, max: 100, noNaN: true }),
    text: word,
    fontName: word,
    assetIndex: fc.constantFrom(0, 1),
    scale: fc.constantFrom('no_scale', 'fit_to_frame', 'stretch_to_fill', 'fill_frame'),
    audioPreference: fc.constantFrom('replace', 'mix'),
  },
  { requiredKeys: ['variableId'] },
);
const layerOperation = fc.record(
  {
    operation: fc.constantFrom('trim_comp', 'trim_inpoint', 'shift_outpoint', 'match_source_duration', 'stretch_layer'),
    layerId: fc.constant('c1:l2:layer'),
    refInOut: fc.constantFrom('in', 'out'),
    startFrames: fc.integer(),
    durationPercent: fc.double({ min: 1, max: 400, noNaN: true }),
  },
  { requiredKeys: ['operation'] },
);
const rendered = fc.record(
  {
    fonts: fc.array(fc.record({ name: word, source }), { maxLength: 2 }),
    config: fc.record({ handleMissingFonts: fc.constantFrom('fail', 'use_default') }, { requiredKeys: [] }),
    assets: fc.constant([{ source: { url: 's3://inputs/a.png' } }, { source: { url: 's3://inputs/b.wav' } }]),
    presets: fc.constant([{ source: { presetId: 'hq' } }, { source: { url: 's3://inputs/own.epr' } }]),
    variations: fc.array(fc.record({ variables: fc.array(variable, { maxLength: 3 }) }), {
      minLength: 1,
      maxLength: 10,
    }),
    layerOperations: fc.array(layerOperation, { maxLength: 2 }),
    outputs: fc.array(
      fc.record(
        {
          variationIndex: fc.constant(0),
          presetIndex: fc.constantFrom(0, 1),
          fileName: word,
          destination: fc.oneof(put, fc.constant('https://bucket.s3.amazonaws.com/o.mp4?X-Amz-Signature=3')),
        },
        { requiredKeys: ['variationIndex', 'presetIndex'] },
      ),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['assets', 'presets', 'variations'] },
);

/** Requests that Adobe's description of the API allows, by the operations' names. */
export const validBodies: Readonly<Record<string, fc.Arbitrary<Fields>>> = {
  'audio-video/generate-speech': fc.record({
    script,
    voiceId: word,
    output: fc.constant({ mediaType: 'audio/wav' }),
  }),
  'audio-video/generate-avatar': fc
    .tuple(
      fc.oneof(
        fc.record({ script, voiceId: word }),
        fc.record({ audio: fc.record({ source, mediaType: fc.constant('audio/wav'), localeCode: locale }) }),
      ) as fc.Arbitrary<Fields>,
      word,
      fc.record(
        {
          mediaType: fc.constant('video/mp4'),
          background,
          resolution: fc.constantFrom({ width: '1920', height: '1080' }, { width: '3840', height: '2160' }),
        },
        { requiredKeys: ['mediaType'] },
      ),
    )
    .map(([said, avatarId, output]) => ({ ...said, avatarId, output })),
  'audio-video/transcribe': fc
    .tuple(
      recording,
      fc.oneof(
        fc.record({ targetLocaleCodes: fc.array(locale) }, { requiredKeys: [] }),
        fc.record(
          { targetLocaleCodes: fc.constant(['en-US']), captions: fc.record({ targetFormats: fc.constant(['SRT']) }) },
          { requiredKeys: ['captions'] },
        ),
      ),
    )
    .map(([given, wanted]) => ({ ...given, ...wanted })),
  'audio-video/dub': fc
    .tuple(
      recording,
      fc.oneof(
        fc.record({ targetLocaleCodes: fc.array(locale, { minLength: 1 }) }),
        fc.record({
          targetLocaleCodes: fc.array(locale, { minLength: 1 }),
          transcripts: fc.tuple(fc.record({ source })),
        }),
        fc.record({ transcripts: fc.array(fc.record({ source, localeCode: locale }), { minLength: 1 }) }),
      ),
      fc.boolean(),
    )
    .map(([given, wanted, lipSync]) => ({ ...given, ...wanted, ...('video' in given && { lipSync }) })),
  'audio-video/reframe': fc.record(
    {
      video: fc.record({ source, mediaType: fc.constantFrom('video/mp4', 'video/quicktime') }),
      sceneEditDetection: fc.boolean(),
      overlays: fc.array(overlay, { maxLength: 2 }),
      outputConfig: fc.record({
        aspectRatios: fc.array(fc.constantFrom('1:1', '9:16', '4:5'), { minLength: 1, maxLength: 3 }),
      }),
    },
    { requiredKeys: ['video', 'outputConfig'] },
  ),
  'audio-video/reframe-v2': fc.record(
    {
      video: fc.record({ source }),
      analysis: fc.record(
        {
          sceneEditDetection: fc.boolean(),
          focalPoints: fc.array(fc.constantFrom('car', 'two people'), { maxLength: 10 }),
        },
        { requiredKeys: [] },
      ),
      composition: fc.record({ overlays: fc.array(overlayV2, { maxLength: 2 }) }, { requiredKeys: [] }),
      output: fc.record(
        {
          format,
          renditions: fc.uniqueArray(rendition, {
            minLength: 1,
            maxLength: 3,
            selector: (each) => JSON.stringify(each),
          }),
          layout: fc.record({ applyLetterboxing: fc.boolean() }),
        },
        { requiredKeys: ['renditions'] },
      ),
    },
    { requiredKeys: ['video', 'output'] },
  ),
  'audio-video/describe-template': template,
  'audio-video/render-template': fc.tuple(template, rendered).map(([file, wanted]) => ({ ...file, ...wanted })),
};
