import { firefly } from '#shared/adobe/services/firefly/service.ts';
import { type UploadOutcome, uploadImage } from '#shared/adobe/services/firefly/storage-image.ts';
import { type ListOutcome, pickQuery, readList } from '#shared/adobe/services/list.ts';
import { passedOnCall } from '#shared/aws/passed-on-calls.ts';
import { GatewayError } from '#shared/errors.ts';
import type { PassthroughContext } from './context.ts';

/** A call names a list that no service of the deployment has. */
export class UnknownListError extends GatewayError {
  constructor() {
    super('unknown_list', 'No service that is on has this list.');
  }
}

/**
 * Makes one of the calls that are passed on, once. The event names no origin and only paths of the services' own, so that the
 * token can get nowhere else.
 */
export const createPassOn =
  ({ callAdobe, services, getBaseUrl }: PassthroughContext) =>
  async (event: unknown): Promise<ListOutcome | UploadOutcome> => {
    const call = passedOnCall().parse(event);
    if (call.call === 'readList') {
      const service = services.find(({ id }) => id === call.service);
      const list = service?.lists?.find(({ path }) => path === call.path);
      if (service === undefined || list === undefined) throw new UnknownListError();
      const query = pickQuery(list, call.query);
      return readList(list, { baseUrl: getBaseUrl(service), query, requestId: call.requestId }, callAdobe);
    }
    const image = new Uint8Array(Buffer.from(call.image, 'base64'));
    return uploadImage({ baseUrl: getBaseUrl(firefly), image, contentType: call.contentType }, callAdobe);
  };
