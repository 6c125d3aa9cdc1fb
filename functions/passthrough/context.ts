import type { CallAdobe } from '#shared/adobe/http/call.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';

/** What calls are passed on with. */
export interface PassthroughContext {
  /** Calls Adobe with the gateway's token. */
  callAdobe: CallAdobe;
  /** The services that are on. */
  services: readonly AdobeService[];
  /** Origin of a service's API. */
  getBaseUrl(service: AdobeService): string;
}
