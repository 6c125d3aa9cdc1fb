import { type CustomModelsOutcome, listCustomModels } from '#shared/adobe/services/firefly/custom-models.ts';
import { type UploadOutcome, uploadImage } from '#shared/adobe/services/firefly/storage-image.ts';
import { passedOnCall } from '#shared/aws/passed-on-calls.ts';
import type { PassthroughContext } from './context.ts';

/** Makes one of the two calls that are passed on, once. The event names no URL, so that the token can get nowhere else. */
export const createPassOn =
  ({ callAdobe, fireflyUrl: baseUrl }: PassthroughContext) =>
  async (event: unknown): Promise<CustomModelsOutcome | UploadOutcome> => {
    const call = passedOnCall.parse(event);
    if (call.call === 'listCustomModels') {
      return listCustomModels({ baseUrl, query: call.query, requestId: call.requestId }, callAdobe);
    }
    const image = new Uint8Array(Buffer.from(call.image, 'base64'));
    return uploadImage({ baseUrl, image, contentType: call.contentType }, callAdobe);
  };
