import { CredentialMismatchError, type CredentialPart } from './credential-errors.ts';
import { ImsError } from './ims-error.ts';
import { IoManagementError } from './io-management-error.ts';

const project = "In the Developer Console, open the project's page";

const missingApi: Record<CredentialPart, string> = {
  generation_token: `${project} and add the API "Firefly - Firefly Services" to it.`,
  firefly_access: `${project} and add the API "Firefly - Firefly Services" to it, with a product profile that includes it.`,
  management_token: `${project} and add the "I/O Management API" to it, for the same OAuth Server-to-Server credential.`,
  secret_list: `${project} and add the "I/O Management API" to it, for the same OAuth Server-to-Server credential.`,
  own_secret: 'Name the uuid of the secret as secretUuid; the credential page in the Developer Console shows it.',
};

/**
 * What to do about a part of a credential that does not work. Holds no secret.
 *
 * @param error what checking that part threw
 */
export const adviceFor = (part: CredentialPart, error: unknown): string => {
  const said = error instanceof Error ? error.message : String(error);
  return `${said.replace(/\.$/, '')}. ${remedy(part, error)}`;
};

const remedy = (part: CredentialPart, error: unknown): string => {
  if (error instanceof ImsError) {
    if (error.kind === 'invalid_client') {
      return 'Copy client id and client secret again from the OAuth Server-to-Server credential in the Developer Console.';
    }
    if (error.kind === 'transient') return 'Try again in a few minutes.';
  }
  if (error instanceof IoManagementError) {
    if (error.kind === 'not_found') return 'Copy the console URL again from the page of the credential.';
    if (error.kind === 'transient' || error.kind === 'no_answer') return 'Try again in a few minutes.';
  }
  if (error instanceof CredentialMismatchError) {
    return 'Copy the console URL from the page of the credential with that client id.';
  }
  return missingApi[part];
};
