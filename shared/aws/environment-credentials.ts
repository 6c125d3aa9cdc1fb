import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * The credentials of the function's role, which Lambda puts into its environment for as long as a sandbox lives. Bundles hold this in
 * place of the SDK's chain of all places where credentials may be (`@aws-sdk/credential-provider-node`), by the same name.
 *
 * @throws {CredentialsProviderError} once they are asked for, if there are none
 */
export const defaultProvider = (): ReturnType<typeof fromEnv> => fromEnv();
