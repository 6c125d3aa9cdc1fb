import { invalidParameter } from './service-error.ts';

/** Which function, and which version or alias of it, a caller means. */
export interface FunctionReference {
  name: string;
  qualifier?: string;
}

const referencePattern =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:)?(?:\d{12}:)?(?:function:)?(?<name>[\w-]{1,140})(?::(?<qualifier>\$LATEST|[\w-]+))?$/;

/**
 * Reads every form Lambda accepts: name, `name:alias`, partial ARN, ARN and qualified ARN.
 *
 * @param qualifier the `Qualifier` given beside the reference, if any
 * @throws {ServiceError} when it is none of these, or when two different qualifiers are given
 */
export const parseFunctionReference = (reference: string, qualifier?: string): FunctionReference => {
  const groups = referencePattern.exec(reference)?.groups;
  if (!groups?.['name']) throw invalidParameter(`Not a function name or ARN: ${reference.slice(0, 200)}`);
  const ownQualifier = groups['qualifier'];
  if (qualifier && ownQualifier && qualifier !== ownQualifier) {
    throw invalidParameter('The derived qualifier from the function name does not match the specified qualifier.');
  }
  return { name: groups['name'], qualifier: qualifier || ownQualifier };
};
