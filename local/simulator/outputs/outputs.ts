import type { Clock } from '#shared/clock.ts';
import type { OutputUrl } from '../firefly/job-status.ts';
import type { Job, Jobs } from '../firefly/jobs.ts';
import { type Answer, methodNotAllowed, xmlError } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { SignPicture } from '../manner/content-credentials.ts';
import type { Manner } from '../manner/manner.ts';
import type { Pictures } from '../picture/pictures.ts';
import type { SimulatorSettings } from '../settings.ts';
import { signedUrl, verifySignedUrl } from '../signature.ts';
import { filler, video } from './filler.ts';

/** What the storage behind the output URLs is made of. */
export interface OutputsParts {
  jobs: Jobs;
  pictures: Pictures;
  settings: SimulatorSettings;
  manner: Manner;
  clock: Clock;
  /** Base of the output URLs. */
  base: () => string;
}

const outputPath = /^\/outputs\/([0-9a-f-]{36})\/(\d)$/;

/** Plays the storage that holds a job's outputs, and makes their URLs; polling again does not prolong one. */
export const createOutputs = ({
  jobs,
  pictures,
  settings,
  manner,
  clock,
  base,
}: OutputsParts): { outputUrl: OutputUrl; serve: (request: ReceivedRequest) => Promise<Answer> } => {
  const sign = createSigning();
  return {
    outputUrl: (job, output) =>
      signedUrl(
        job.fault?.outputBase ?? base(),
        `/outputs/${job.uuid}/${output}`,
        (manner.isObserved('polls-sign-anew') ? clock.now() : job.endsAt) + settings.outputUrlLifetimeMs,
      ),

    serve: async (request) => {
      if (request.method !== 'GET') return methodNotAllowed('GET');
      if (request.headers.authorization !== undefined) {
        return xmlError(
          400,
          'InvalidArgument',
          'Only one auth mechanism allowed: the URL is signed, send no Authorization',
        );
      }
      verifySignedUrl(request.path, request.query, clock.now());
      const [, uuid = '', output = ''] = outputPath.exec(request.path) ?? [];
      const job = jobs.find(uuid);
      const seed = job?.seeds[Number(output)];
      if (!job || seed === undefined) return xmlError(404, 'NoSuchKey', 'The specified key does not exist');
      const { headers, body } = await content(job, drawnSeed(job, seed, manner), settings, pictures);
      if (manner.isObserved('outputs-untyped')) headers['content-type'] = 'application/octet-stream';
      const isJpeg = body instanceof Uint8Array && body[0] === 0xff && body[1] === 0xd8;
      const attached = isJpeg && manner.isObserved('content-credentials-attached');
      return { status: 200, headers, body: attached ? await sign(body) : body };
    },
  };
};

/** Signs each picture once: asked for again it is the same, as long as it is kept. */
const createSigning = (): SignPicture => {
  const signed = new WeakMap<Uint8Array, Promise<Uint8Array>>();
  let signer: Promise<SignPicture> | undefined;
  const sign: SignPicture = async (picture) => {
    // Loaded at the first signature, so that a simulator starts quickly.
    signer ??= import('../manner/content-credentials.ts').then(({ createPictureSigner }) =>
      createPictureSigner({ organization: 'Simulated Adobe', generator: 'Simulated Firefly' }),
    );
    return (await signer)(picture);
  };
  return (picture) => {
    const done = signed.get(picture) ?? sign(picture);
    signed.set(picture, done);
    return done;
  };
};

/** What an output is made from: its seed and model, or each job in its own way. */
const drawnSeed = ({ uuid, model }: Job, seed: number, { isObserved }: Manner): number => {
  if (isObserved('seeds-do-not-reproduce')) return seed ^ Number.parseInt(uuid.slice(0, 7), 16);
  return model.startsWith('image4') ? seed ^ 4 : seed;
};

const content = async (
  job: Job,
  seed: number,
  { outputFormat, outputBytes }: SimulatorSettings,
  pictures: Pictures,
): Promise<{ headers: Record<string, string>; body: Answer['body'] }> => {
  const { prompt, size, format = outputFormat } = job.plan;
  const headers = { 'content-type': format === 'mp4' ? 'video/mp4' : `image/${format}` };
  if (outputBytes === null) {
    return { headers, body: format === 'mp4' ? video(seed) : await pictures.draw({ prompt, seed, ...size, format }) };
  }
  return { headers: { ...headers, 'content-length': String(outputBytes) }, body: filler(seed, outputBytes) };
};
