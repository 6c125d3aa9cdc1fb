import type { CallAdobe } from '#shared/adobe/http/call.ts';

/** What calls are passed on with. */
export interface PassthroughContext {
  /** Calls Adobe with the gateway's token. */
  callAdobe: CallAdobe;
  /** Base URL of the Firefly API. */
  fireflyUrl: string;
}
