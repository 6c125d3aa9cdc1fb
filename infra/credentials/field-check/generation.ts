import { generateImages } from '#shared/adobe/services/firefly/operations/generate-images.ts';
import { type Account, describeAnswer, type FinishedJob, usualSize } from './account.ts';
import type { Note } from './findings.ts';

const prompt = 'a red kite over the sea';
const request = { prompt, seeds: [20_261], size: usualSize };
// Of the sizes that image4 makes, and none of the ten that image3 was seen to make.
const image4Size = { width: 1440, height: 2560 };

/** What the other groups of probes go on from. */
export interface FirstImage {
  job: FinishedJob;
  sha256: string;
}

/** Whether the same request makes the same bytes, and which model runs without a header; at most six paid operations. */
export const probeGeneration = async (account: Account, note: Note, first: FirstImage): Promise<void> => {
  const hashOf = async (model?: string): Promise<string> => {
    const { outputUrls } = await account.generate(request, model === undefined ? {} : { 'x-model-version': model });
    return (await account.download(outputUrls)).sha256;
  };
  const isSame = (await hashOf()) === first.sha256;
  note('seeds', isSame, isSame ? 'The same bytes twice.' : 'Other bytes the second time.');

  const limits = await probeSizes(account, note);
  if (isSame) {
    const isImage3 = (await hashOf('image3')) === first.sha256;
    const isImage4 = (await hashOf('image4_standard')) === first.sha256;
    if (isImage3 !== isImage4) {
      note('default-model', isImage3, `The same bytes as with ${isImage3 ? 'image3' : 'image4_standard'}.`);
      return;
    }
  }
  if (!limits.image3Refuses) return note('default-model', 'unknown', 'Neither bytes nor sizes tell the models apart.');
  const refused = (await account.send(generateImages.path, { ...request, size: image4Size })).status === 400;
  note('default-model', refused, `A size that image3 refuses is ${refused ? 'refused' : 'accepted'}.`);
};

const probeSizes = async (account: Account, note: Note): Promise<{ image3Refuses: boolean }> => {
  const body = { ...request, size: image4Size };
  const answer = await account.send(generateImages.path, body, { 'x-model-version': 'image3' });
  const image3Refuses = answer.status === 400 || answer.status === 422;
  if (answer.status < 300 || image3Refuses) {
    note('image3-sizes', !image3Refuses, `1440 x 2560 is answered with ${describeAnswer(answer)}.`);
  }
  return { image3Refuses };
};

/** Generates the image that other probes look at; one paid operation. */
export const makeFirstImage = async (account: Account): Promise<FirstImage> => {
  const job = await account.generate(request);
  return { job, sha256: (await account.download(job.outputUrls)).sha256 };
};
