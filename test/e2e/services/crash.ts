import { engines } from '#shared/adobe/services/content-tagging/engines.ts';
import { type CrashRig, startCrashRig } from '#test/fixtures/crash-rig.ts';
import { createServiceCalls } from '#test/fixtures/service-calls.ts';
import type { Life } from '../crash-generate.ts';

/** A stack of three services in which generate can be killed; a turn survives the crash. */
export const startServicesRig = () => startCrashRig('generate', 60, ['substance', 'content-tagging', 'indesign']);

const checkpoint = 'lambda checkpoint';
const update = 'dynamodb UpdateItem';

const beforeSubmit = [
  checkpoint, // plan begins
  checkpoint, // plan
  checkpoint, // prepare inputs begins
  checkpoint, // prepare inputs
  checkpoint, // submit begins
  update, // the day's count
  update, // scheduled -> submitting
];

const afterSubmit = [
  update, // submitting -> running
  update, // the permit comes free a window after the answer
  checkpoint, // submit
];

const counted = [
  's3 PUT', // job.json
  update, // running or storing -> succeeded
  update, // the reservation: settling
  update, // the budget
  update, // usage
  update, // the reservation: settled
  update, // the budget: the mark goes
  update, // usage: the mark goes
];

const announced = [
  'events PutEvents',
  update, // the mark is cleared
];

const atTheEnd = [
  ...counted,
  update, // the request is kept as long as the record
  ...announced,
];

/** Whether the submit has begun, and what tells that it was taken is not written down. */
const isBetween = (fence: number, known: number) => (taken: readonly string[]) =>
  taken.length > fence && taken.length <= known;

const send = async ({ gateway }: CrashRig, path: string, body: object): Promise<string> => {
  const { post, get } = createServiceCalls(gateway);
  const answer = await post(path, body, { prefer: 'respond-async' });
  // A caller who waits is told of a lost answer with 502.
  if (answer.status >= 400 && answer.status < 500)
    throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  const { jobs } = (await get('/jobs?limit=1')) as { jobs: { jobId: string }[] };
  return jobs[0]?.jobId ?? '';
};

const substanceEffects = [
  ...beforeSubmit,
  'substance POST',
  ...afterSubmit,
  checkpoint, // wait for the first poll
  checkpoint, // poll begins
  update, // running -> storing, with what leads to the outputs
  's3 PUT', // the output
  // Its request is small, and stands in the record.
  ...counted,
  ...announced,
  checkpoint, // poll
];

const begunStoring = substanceEffects.indexOf(update, beforeSubmit.length + 1 + afterSubmit.length);

/** Whether Substance 3D has the job, and nothing that leads to its outputs is written down. */
export const isAtSubstance = (taken: readonly string[]): boolean => taken.length <= begunStoring;

/** Substance 3D makes one file. */
export const substanceLife: Life = {
  effects: substanceEffects,
  send: async (rig) => {
    const url = await createServiceCalls(rig.gateway).putInput('bottle.glb', 'glTF a bottle');
    return send(rig, '/v1/scenes/convert', { sources: [{ url: { url, filename: 'bottle.glb' } }], format: 'usdz' });
  },
  isUnknown: isBetween(beforeSubmit.length - 1, beforeSubmit.length + 1),
  files: ['0.usdz', 'job.json'],
};

const [keywords = ''] = Object.keys(engines);

/** Content Tagging answers with what it found. */
export const taggingLife: Life = {
  effects: [
    ...beforeSubmit,
    'content-tagging POST',
    's3 PUT', // the answer
    ...afterSubmit,
    checkpoint, // poll begins
    's3 PUT', // the output
    ...atTheEnd,
    's3 POST', // the answer goes, its version by name
    checkpoint, // poll
  ],
  send: async (rig) => {
    const path = await createServiceCalls(rig.gateway).putInput('text.pdf', '%PDF-1.7 a text');
    const document = { 'repo:path': path, 'sensei:repoType': 'HTTP', 'dc:format': 'application/pdf' };
    const call = {
      'sensei:execution_info': { 'sensei:engine': keywords },
      'sensei:inputs': { documents: [document] },
      'sensei:params': { 'application-id': '1234' },
    };
    return send(rig, '/services/v2/predict', { 'sensei:engines': [call] });
  },
  // The answer in S3 is as good as a record that says so.
  isUnknown: isBetween(beforeSubmit.length - 1, beforeSubmit.length + 1),
  files: ['0.json', 'job.json'],
};

/** Where the caller wants the document of {@link deliveredLife}. */
export const destinationName = 'mine.pdf';

/** InDesign makes a document, and its caller wants it at a place of its own. */
export const deliveredLife: Life = {
  effects: [
    ...beforeSubmit,
    'indesign POST',
    ...afterSubmit,
    checkpoint, // wait for the first poll
    checkpoint, // poll begins
    update, // a place in the windows, which count polls
    update, // it comes free a window after the answer
    checkpoint, // poll
    checkpoint, // begin storing begins
    update, // running -> storing
    checkpoint, // begin storing
    checkpoint, // store output begins
    's3 PUT', // the output
    checkpoint, // store output
    checkpoint, // find destinations begins
    checkpoint, // find destinations
    checkpoint, // deliver output begins
    'destination PUT',
    checkpoint, // deliver output
    checkpoint, // finish begins
    ...atTheEnd,
    checkpoint, // finish
  ],
  send: async (rig) => {
    const calls = createServiceCalls(rig.gateway);
    const indd = Buffer.concat([Buffer.from('0606edf5d81d46e5bd31efe7fe74b71d', 'hex'), Buffer.from('DOCUMENT')]);
    const source = { url: await calls.putInput('a.indd', indd) };
    const { url } = await calls.presignPut(destinationName, rig.destination);
    return send(rig, '/v3/create-rendition', {
      assets: [{ source, destination: 'a.indd' }],
      params: { targetDocuments: ['a.indd'], outputMediaType: 'application/pdf', outputFolderPath: 'out' },
      outputs: [{ source: 'out/a.pdf', destination: { url, storageType: 'AWS' } }],
    });
  },
  isUnknown: isBetween(beforeSubmit.length - 1, beforeSubmit.length + 1),
  files: ['0.pdf', 'job.json'],
};
