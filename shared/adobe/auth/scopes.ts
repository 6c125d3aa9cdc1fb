/** Scopes of a generation token (Adobe: Firefly quickstart). */
export const generationScopes = [
  'openid',
  'AdobeID',
  'session',
  'additional_info',
  'read_organizations',
  'firefly_api',
  'ff_apis',
] as const;

/** Scopes of a management token (Adobe: I/O Management API guide). */
export const managementScopes = [
  'AdobeID',
  'openid',
  'read_organizations',
  'additional_info.projectedProductContext',
  'additional_info.roles',
  'adobeio_api',
  'read_client_secret',
  'manage_client_secrets',
] as const;
