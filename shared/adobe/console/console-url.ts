/** Where a credential is in Adobe's Developer Console. */
export interface ConsoleLocation {
  /** Numeric console organization, not the `...@AdobeOrg` one (Adobe). */
  orgId: string;
  projectId: string;
  credentialId: string;
}

/** The pattern of the address, for people (Adobe). */
export const consoleUrlPattern =
  'https://developer.adobe.com/console/projects/{orgId}/{projectId}/credentials/{credentialId}/details/oauthservertoserver';

/** The address of a credential's page. */
export const buildConsoleUrl = ({ orgId, projectId, credentialId }: ConsoleLocation): string =>
  `https://developer.adobe.com/console/projects/${orgId}/${projectId}/credentials/${credentialId}/details/oauthservertoserver`;

const path = /\/projects\/(?<orgId>\d+)\/(?<projectId>\d+)\/credentials\/(?<credentialId>\d+)(?:\/|$)/;

/**
 * Reads the ids from the address of a credential's page.
 *
 * @returns undefined if it is not such an address
 */
export const readConsoleUrl = (text: string): ConsoleLocation | undefined => {
  if (!URL.canParse(text)) return undefined;
  const { orgId, projectId, credentialId } = path.exec(new URL(text).pathname)?.groups ?? {};
  if (orgId === undefined || projectId === undefined || credentialId === undefined) return undefined;
  return { orgId, projectId, credentialId };
};
