import * as z from 'zod';
import { json } from '../http/answer.ts';
import type { PlannedOutput, ServiceJob, ServiceOperation } from '../service/definition.ts';
import { accept, head, problem, refuseAt, source } from './fields.ts';

const template = { type: z.enum(['mogrt', 'aep']).optional(), source, compName: z.string().optional() };

const needsComposition = ({ type, compName }: { type?: string; compName?: string }, context: z.core.$RefinementCtx) => {
  if (type === 'aep' && !compName) refuseAt(context, ['compName'], 'compName is required for aep');
};

const describeBody = z.looseObject(template).superRefine(needsComposition);

const description = {
  fonts: [{ name: 'FranklinGothicURW-Boo', uploadRequired: false }],
  elements: [
    {
      type: 'mogrt',
      controls: [
        { variableId: 'headline', label: 'Headline', type: 'text', defaultData: { text: 'This is your headline.' } },
      ],
    },
  ],
};

/** `POST /v1/templates/describe`. */
export const describeTemplate: ServiceOperation = {
  path: '/v1/templates/describe',
  quotas: ['av-templates'],
  body: describeBody,
  inputs: (request) => [{ path: ['source', 'url'], url: describeBody.parse(request).source.url }],
  outputs: () => [
    { mediaType: 'application/json', target: { kind: 'embedded', as: 'json' }, content: JSON.stringify(description) },
  ],
  statusPath: '/v1/status/{jobId}',
  accept,
  status: (job) => ({
    ...head(job),
    ...(job.phase === 'succeeded' && { output: job.outputs[0]?.content }),
    // Adobe's sample of a failed description has no code.
    ...(job.error && { message: job.error.message }),
  }),
};

const index = z.int().min(0);

const renderBody = z
  .looseObject({
    ...template,
    fonts: z.array(z.looseObject({ name: z.string(), source })).optional(),
    config: z.looseObject({ handleMissingFonts: z.enum(['fail', 'use_default']).optional() }).optional(),
    assets: z.array(z.looseObject({ source })).optional(),
    presets: z
      .array(z.looseObject({ source: z.looseObject({ presetId: z.string().optional(), url: z.string().optional() }) }))
      .optional(),
    variations: z
      .array(
        z.looseObject({
          variables: z.array(
            z.looseObject({ variableId: z.string(), text: z.string().optional(), assetIndex: index.optional() }),
          ),
        }),
      )
      .min(1)
      .max(10),
    outputs: z
      .array(
        z.looseObject({
          variationIndex: index,
          presetIndex: index,
          fileName: z.string().optional(),
          destination: z.union([z.string(), z.looseObject({ url: z.string() })]).optional(),
        }),
      )
      .optional(),
  })
  .superRefine(needsComposition)
  .superRefine(({ variations, presets, outputs = [], assets = [] }, context) => {
    for (const [n, output] of outputs.entries()) {
      if (output.variationIndex >= variations.length)
        refuseAt(context, ['outputs', n, 'variationIndex'], 'unknown variation');
      if (presets !== undefined && output.presetIndex >= presets.length) {
        refuseAt(context, ['outputs', n, 'presetIndex'], 'unknown preset');
      }
    }
    for (const [n, { variables }] of variations.entries()) {
      for (const [m, { assetIndex = -1 }] of variables.entries()) {
        if (assetIndex >= assets.length) {
          refuseAt(context, ['variations', n, 'variables', m, 'assetIndex'], `Invalid media details in variation ${n}`);
        }
      }
    }
  });

type Render = z.output<typeof renderBody>;

const itemsOf = ({ variations, presets, outputs }: Render): NonNullable<Render['outputs']> =>
  outputs ??
  variations.flatMap((_, variationIndex) =>
    Array.from({ length: Math.max(1, presets?.length ?? 0) }, (_none, presetIndex) => ({
      variationIndex,
      presetIndex,
    })),
  );

const planItem = ({ destination, variationIndex, presetIndex }: ReturnType<typeof itemsOf>[number]): PlannedOutput => {
  const url = typeof destination === 'object' ? destination.url : destination;
  return {
    mediaType: 'video/mp4',
    target: url === undefined ? { kind: 'hosted' } : { kind: 'put', url },
    label: `variation ${variationIndex} as preset ${presetIndex}`,
  };
};

const iso = (ms: number) => new Date(ms).toISOString();

/** `POST /v1/templates/render`. */
export const renderTemplate: ServiceOperation = {
  path: '/v1/templates/render',
  quotas: ['av-templates'],
  body: renderBody,
  inputs: (request) => {
    const { source: file, fonts = [], assets = [], presets = [] } = renderBody.parse(request);
    const each = (name: string, url: string | undefined, n: number) =>
      url === undefined ? [] : [{ path: [name, n, 'source', 'url'], url }];
    return [
      { path: ['source', 'url'], url: file.url },
      ...fonts.flatMap((font, n) => each('fonts', font.source.url, n)),
      ...assets.flatMap((asset, n) => each('assets', asset.source.url, n)),
      ...presets.flatMap((preset, n) => each('presets', preset.source.url, n)),
    ];
  },
  prompt: (request) =>
    renderBody
      .parse(request)
      .variations.flatMap(({ variables }) => variables.map(({ text = '' }) => text))
      .join(' '),
  outputs: (request) => itemsOf(renderBody.parse(request)).map(planItem),
  statusPath: '/v1/status/{jobId}',
  accept: ({ jobId }, { statusUrl, base }) => json(202, { jobId, statusUrl, cancelUrl: `${base}/v1/cancel/${jobId}` }),
  status: (job) => ({ ...head(job), ...writeProgress(job), ...writeItems(job), ...(job.error && problem(job.error)) }),
};

const writeProgress = ({ phase, progress, acceptedAt }: ServiceJob) => ({
  createdDate: iso(acceptedAt),
  ...(phase === 'running' && { percentCompleted: String(progress) }),
});

const writeItems = (job: ServiceJob): Record<string, unknown> => {
  const items = itemsOf(renderBody.parse(job.request));
  if (!['succeeded', 'partially_succeeded'].includes(job.phase)) return {};
  const made = job.outputs.map(({ url, error }, n) => {
    const { variationIndex, presetIndex } = items[n] ?? {};
    return { variationIndex, presetIndex, url, error };
  });
  const errors = made.flatMap(({ url: _, error, ...item }) => (error ? [{ ...item, error: problem(error) }] : []));
  return {
    totalJobItems: items.length,
    outputs: made.flatMap(({ url, error, ...item }) => (error ? [] : [{ ...item, destination: { url } }])),
    ...(errors.length > 0 && {
      errors,
      retryPayloadUrl: 'https://mogrt-outputs.s3.amazonaws.com/retry.json?X-Amz-Signature=1',
    }),
  };
};
