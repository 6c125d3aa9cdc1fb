import { ImsError } from '../auth/ims-error.ts';
import { CredentialMismatchError, type CredentialPart, NamedSecretError } from './credential-errors.ts';
import { IoManagementError } from './io-management-error.ts';

const project = "In the Developer Console, open the project's page";

const missingApi: Record<CredentialPart, string> = {
  generation_token: `${project} and add the API "Firefly - Firefly Services" to it.`,
  firefly_access: `${project} and add the API "Firefly - Firefly Services" to it, with a product profile that includes it.`,
  management_token: `${project} and add the "I/O Management API" to it, for the same OAuth Server-to-Server credential.`,
  secret_list: `${project} and add the "I/O Management API" to it, for the same OAuth Server-to-Server credential.`,
  own_secret:
    'Name it, with --secret-uuid or as secretUuid in the stored credentials; the page of the credential in the ' +
    'Developer Console shows values and times of creation.',
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
    if (error.kind === 'invalid_client') return `Copy ${refusedPart(error)} again from ${clientPage}.`;
    if (error.kind === 'transient') return 'Try again in a few minutes.';
  }
  if (error instanceof IoManagementError) {
    if (error.kind === 'not_found') {
      return 'Its organization or its credential id is wrong. Copy the console URL again from the page of the credential.';
    }
    if (error.kind === 'forbidden') {
      return `${missingApi.secret_list} If it is there, the console URL belongs to another organization: copy it again.`;
    }
    if (error.kind === 'transient' || error.kind === 'no_answer') return 'Try again in a few minutes.';
  }
  if (error instanceof CredentialMismatchError) {
    return 'Copy the console URL from the page of the credential with that client id.';
  }
  if (error instanceof NamedSecretError) return 'Correct the uuid, or leave it out.';
  return missingApi[part];
};

const clientPage = 'the OAuth Server-to-Server credential in the Developer Console';

// IMS tells in its description which of the two it refuses.
const refusedPart = ({ description = '' }: ImsError): string => {
  if (description.includes('client_id')) return 'the client id';
  return description.includes('client_secret')
    ? 'the client secret (Retrieve client secret; it may have been deleted)'
    : 'client id and client secret';
};
