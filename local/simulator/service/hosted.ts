import type { Clock } from '#shared/clock.ts';
import { type Answer, methodNotAllowed, xmlError } from '../http/answer.ts';
import type { ReceivedRequest } from '../http/request.ts';
import type { Manner } from '../manner/manner.ts';
import type { SimulatorSettings } from '../settings.ts';
import { signedUrl, verifySignedUrl } from '../signature.ts';
import type { ServiceJob } from './definition.ts';
import type { ServiceJobs } from './jobs.ts';

/** Below it lie the files that a service hosts. */
export const hostedPrefix = '/hosted/';

const hostedPath = /^\/hosted\/(\d+)$/;

/** Plays the storage of what a service hosts: presigned URLs that die on time and take no other credential. */
export const createHosted = ({
  jobs,
  settings,
  manner,
  clock,
  base,
}: {
  jobs: Pick<ServiceJobs, 'hosted'>;
  settings: SimulatorSettings;
  manner: Manner;
  clock: Clock;
  base: () => string;
}) => ({
  hostedUrl: (file: number, job: ServiceJob, lifetimeMs = settings.outputUrlLifetimeMs): string =>
    signedUrl(job.fault?.outputBase ?? base(), `${hostedPrefix}${file}`, clock.now() + lifetimeMs),

  renewUrl: (url: string): string => {
    const { origin, pathname } = new URL(url);
    return signedUrl(origin, pathname, clock.now() + settings.outputUrlLifetimeMs);
  },

  serve: (request: ReceivedRequest): Answer => {
    if (request.method !== 'GET') return methodNotAllowed('GET');
    if (request.headers.authorization !== undefined) {
      const message = 'Only one auth mechanism allowed: the URL is signed, send no Authorization';
      return xmlError(400, 'InvalidArgument', message);
    }
    verifySignedUrl(request.path, request.query, clock.now());
    const [, number] = hostedPath.exec(request.path) ?? [];
    const file = jobs.hosted(Number(number));
    if (file === undefined) return xmlError(404, 'NoSuchKey', 'The specified key does not exist');
    const contentType = manner.isObserved('outputs-untyped') ? 'application/octet-stream' : file.mediaType;
    return {
      status: 200,
      headers: { 'content-type': contentType, 'content-length': String(file.bytes) },
      body: file.open(),
    };
  },
});
