import type * as z from 'zod';
import { json } from '../http/answer.ts';
import type { MadeOutput, PlannedOutput, ServiceJob, ServiceOperation, SimulatedInput } from '../service/definition.ts';
import { anyBody, assembleBody, composeBody, convertBody, renderBody } from './bodies.ts';

/** A file in the space of a job. */
interface SpaceFile {
  name: string;
  mediaType: string;
  label: string;
  size?: { width: number; height: number };
  content?: string;
}

/** What differs between the operations. */
interface OperationParts {
  path: `/v1/${string}`;
  body: z.ZodType<Record<string, unknown>>;
  files(request: Readonly<Record<string, unknown>>): SpaceFile[];
  /** The result beside the space; `url` of a file by its name. */
  result(
    request: Readonly<Record<string, unknown>>,
    url: (name: string) => string | undefined,
  ): Record<string, unknown>;
  prompt?(request: Readonly<Record<string, unknown>>): string;
  /** Describing a scene makes no space. */
  hasSpace?: boolean;
}

const statusPath = '/v1/jobs/{jobId}';

const spaceId = ({ jobId }: ServiceJob): string => `s-${jobId}`;

/** The job of a space. */
export const findSpace = (jobs: readonly ServiceJob[], id: string): ServiceJob | undefined =>
  jobs.find((job) => spaceId(job) === id);

const hostedForMs = 30 * 60_000;
const keptForMs = 6 * 3_600_000;

const toOutput = ({ mediaType, label, size, content }: SpaceFile): PlannedOutput => ({
  mediaType,
  label,
  size,
  content,
  target: { kind: 'hosted', lifetimeMs: hostedForMs },
});

const nameOf = (job: ServiceJob, index: number): string => filesOf(job)[index]?.name ?? `file${index}`;

const filesOf = (job: ServiceJob): SpaceFile[] => plans.get(job.operation)?.files(job.request) ?? [];

const plans = new Map<ServiceOperation, OperationParts>();

/** Adobe's description of a space (`GET` of its URL), with the URLs as they are now. */
export const writeSpace = (job: ServiceJob, base: string, renew: (output: MadeOutput) => string | undefined) => ({
  id: spaceId(job),
  url: `${base}/v1/spaces/${spaceId(job)}`,
  expiry: new Date(job.modifiedAt + keptForMs).toISOString(),
  files: job.outputs
    .map((output, index) => ({ name: nameOf(job, index), size: 1, url: renew(output) }))
    .sort((one, other) => (one.name < other.name ? -1 : 1)),
});

const toOperation = (parts: OperationParts): ServiceOperation => {
  const { path, body, files, result, prompt, hasSpace = true } = parts;
  const bases = new Map<string, string>();
  const baseOf = ({ jobId }: ServiceJob): string => bases.get(jobId) ?? '';
  const write = (job: ServiceJob): Record<string, unknown> => {
    const base = baseOf(job);
    const url = (name: string) => job.outputs[files(job.request).findIndex((file) => file.name === name)]?.url;
    return {
      $schema: `${base}/schemas/JobResponse.json`,
      url: `${base}/v1/jobs/${job.jobId}`,
      id: job.jobId,
      status: words[job.phase],
      bugReportUrl: `${base}/v1/bug-report/${job.jobId}`,
      ...(job.phase === 'succeeded' && {
        result: {
          ...result(job.request, url),
          ...(hasSpace && { outputSpace: writeSpace(job, base, (output) => output.url) }),
        },
      }),
      ...(job.error && { error: job.error.message }),
    };
  };
  const operation: ServiceOperation = {
    path,
    quotas: ['substance'],
    body,
    inputs: findInputs,
    outputs: (request) => files(request).map(toOutput),
    prompt,
    statusPath,
    statusLifetimeMs: 2 * 60_000,
    accept: (job, { base }) => {
      bases.set(job.jobId, base);
      return { ...json(202, write(job)), headers: { 'retry-after': '1', 'content-type': 'application/json' } };
    },
    status: write,
  };
  plans.set(operation, parts);
  return operation;
};

const words = {
  pending: 'not_started',
  running: 'running',
  succeeded: 'succeeded',
  partially_succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
} as const;

const findInputs = (request: Readonly<Record<string, unknown>>): SimulatedInput[] =>
  anyBody
    .parse(request)
    .sources.flatMap(({ url }, index) =>
      url === undefined ? [] : [{ path: ['sources', index, 'url', 'url'], url: url.url }],
    );

const picture = (name: string, label: string, size?: { width: number; height: number }): SpaceFile => ({
  name,
  mediaType: 'image/png',
  label,
  size,
});

const modelType = { glb: 'model/gltf-binary', usdz: 'model/vnd.usdz+zip' } as Readonly<Record<string, string>>;

const model = (name: string, format: string): SpaceFile => ({
  name: `${name}.${format}`,
  mediaType: modelType[format] ?? 'application/octet-stream',
  label: name,
});

/** A scene of two materials, whatever the sources are. */
const materials = ['glass', 'label'];

const renderFiles = (request: unknown): SpaceFile[] => {
  const { extraOutputs, size } = renderBody.parse(request);
  const { exportDistanceToCamera, exportMatte, exportMaterialMasks } = extraOutputs;
  return [
    picture('render0000.png', 'a rendered scene', size),
    ...(exportDistanceToCamera
      ? [{ name: 'distance.npy', mediaType: 'application/octet-stream', label: 'distance' }]
      : []),
    ...(exportMatte ? [picture('matte.png', 'a matte')] : []),
    ...(exportMaterialMasks ? materials.map((name) => picture(`mask-${name}.png`, `mask of ${name}`)) : []),
  ];
};

const renderParts: Pick<OperationParts, 'body' | 'files' | 'result'> = {
  body: renderBody,
  files: renderFiles,
  result: (request, url) => {
    const { exportDistanceToCamera, exportMatte, exportMaterialMasks } = renderBody.parse(request).extraOutputs;
    return {
      renderUrl: url('render0000.png'),
      ...(exportDistanceToCamera && { distanceToCameraUrl: url('distance.npy') }),
      ...(exportMatte && { matteUrl: url('matte.png') }),
      ...(exportMaterialMasks && {
        materialMasks: materials.map((name) => ({ name, fileName: `mask-${name}.png` })),
      }),
      warnings: null,
    };
  },
};

const seedsOf = (request: unknown): number[] => {
  const { seeds, numVariations = 1 } = composeBody.parse(request);
  return seeds === undefined || seeds.length === 0 ? Array.from({ length: numVariations }, (_, n) => 1_000 + n) : seeds;
};

const stats = {
  metersPerSceneUnit: 1,
  sceneUpAxis: 'Y',
  numVertices: 8,
  numMeshes: 1,
  cameraNames: ['main_camera'],
  materialNames: materials,
  nodesHierarchy: { name: 'root', type: 'node', children: [{ name: 'bottle', type: 'mesh', children: null }] },
};

/** The calls that start jobs. */
export const substanceOperations: readonly ServiceOperation[] = [
  toOperation({
    path: '/v1/composites/compose',
    body: composeBody,
    prompt: (request) => composeBody.parse(request).prompt,
    files: (request) =>
      seedsOf(request).flatMap((_, n) =>
        ['image', 'background', 'mask'].map((kind) => picture(`${kind}${n}.png`, `${kind} ${n}`)),
      ),
    result: (request, url) => ({
      outputs: seedsOf(request).map((seed, n) => ({
        seed,
        lightingSeed: seed,
        image: { url: url(`image${n}.png`) },
        backgroundImage: { url: url(`background${n}.png`) },
        maskImage: { url: url(`mask${n}.png`) },
      })),
      promptHasDeniedWords: false,
      promptHasBlockedArtists: false,
    }),
  }),
  toOperation({
    path: '/v1/scenes/assemble',
    body: assembleBody,
    files: (request) => {
      const { fileBaseName, encoding } = assembleBody.parse(request);
      return [model(fileBaseName, encoding)];
    },
    result: (request, url) => {
      const { fileBaseName, encoding } = assembleBody.parse(request);
      return { sceneUrl: url(`${fileBaseName}.${encoding}`) };
    },
  }),
  toOperation({
    path: '/v1/scenes/convert',
    body: convertBody,
    files: (request) => [model('converted', convertBody.parse(request).format)],
    result: () => ({}),
  }),
  toOperation({
    path: '/v1/scenes/describe',
    body: anyBody,
    files: () => [],
    result: () => ({ stats }),
    hasSpace: false,
  }),
  toOperation({ path: '/v1/scenes/render', ...renderParts }),
  toOperation({ path: '/v1/scenes/render-basic', ...renderParts }),
];
