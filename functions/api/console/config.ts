import type { ConsoleVariables } from '#shared/deployment/console.ts';

/** What the page asks for before anything else; nothing in it is secret. */
export interface ConsoleConfig extends Omit<ConsoleVariables, 'directory' | 'signInOrigins'> {
  /** Name of the stack. */
  stage: string;
  version: string;
}

/** What the page may know of this deployment. */
export const viewConfig = (
  { directory: _directory, signInOrigins: _origins, ...shown }: ConsoleVariables,
  { stackName, version }: { stackName: string; version: string },
): ConsoleConfig => ({ ...shown, stage: stackName, version });
