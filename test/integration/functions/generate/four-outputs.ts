import type { Job } from '#shared/jobs/job.ts';
import type { ScriptedAnswer } from '#test/fixtures/fake-adobe.ts';
import { type Rig, type Servers, statusPath } from './rig.ts';

/** A picture as Adobe's storage sends it. */
export const picture = (text: string): ScriptedAnswer => ({
  status: 200,
  headers: { 'content-type': 'image/jpeg' },
  body: Buffer.from(text),
});

/** Adobe's status of a job that has succeeded with these entries, some of them broken. */
const finished = (outputs: unknown, more: Record<string, unknown> = {}): ScriptedAnswer => ({
  status: 200,
  body: { status: 'succeeded', jobId: '8b2c', result: { contentClass: 'art', outputs }, ...more },
});

export const outputAt = (rig: Rig, index: number) => ({
  seed: 100 + index,
  image: { url: `${rig.storage.url}/${index}` },
});

/** A job at Adobe that asked for so many outputs, with an answer and a storage that holds four pictures. */
export const prepareOn = async (
  servers: Servers,
  request: unknown,
  outputs: (rig: Rig) => unknown,
  settings = {},
  more = {},
) => {
  const rig = await servers.rig(settings);
  for (const index of [0, 1, 2, 3]) rig.storage.script('GET', `/${index}`, picture(`picture ${index}`));
  rig.adobe.script('GET', statusPath, finished(outputs(rig), more));
  return { rig, accepted: await rig.accepted({}, { request: JSON.stringify(request) }) };
};

export const seedsOf = ({ outputs = [] }: Job) => outputs.map(({ seed }) => seed);

export const four = { prompt: 'a kite', numVariations: 4 };
