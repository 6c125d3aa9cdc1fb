import type { ConsoleVariables } from '#shared/deployment/console.ts';

/** What the page asks for before anything else; nothing in it is secret. */
export interface ConsoleConfig extends Omit<ConsoleVariables, 'directory' | 'signInOrigins'> {
  /** Name of the stack. */
  stage: string;
  version: string;
  /** Whether the gateway makes thumbnails: without them the page asks for none. */
  thumbnails: boolean;
}

/** What the page may know of this deployment. */
export const viewConfig = (
  { directory: _directory, signInOrigins: _origins, ...shown }: ConsoleVariables,
  { stackName, version, thumbnails }: { stackName: string; version: string; thumbnails: boolean },
): ConsoleConfig => ({ ...shown, stage: stackName, version, thumbnails });
