/** Which Adobe the embedded stack talks to; what is undefined is played by the simulator. */
export interface AdobeTarget {
  fireflyUrl?: string;
  imsUrl?: string;
  ioManagementUrl?: string;
  /** The team's own credentials; without them the simulated ones are used. */
  credentials?: { clientId: string; clientSecret: string };
}

/** A setting of the embedded stack cannot be used; the message names it and what it takes. */
export class StartSettingError extends Error {
  override readonly name = 'StartSettingError';
}

const adobe = {
  fireflyUrl: 'https://firefly-api.adobe.io',
  imsUrl: 'https://ims-na1.adobelogin.com',
  ioManagementUrl: 'https://api.adobe.io',
};

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * Reads from the environment which Adobe to use: with credentials Adobe itself, else the simulator, and any other server
 * where a URL is given.
 *
 * @throws {StartSettingError} for a URL that is no origin, or not https and not on loopback, or for half a credential
 */
export const readAdobeTarget = (env: Record<string, string | undefined>): AdobeTarget => {
  const clientId = env['FIREFLY_SERVICES_CLIENT_ID'];
  const clientSecret = env['FIREFLY_SERVICES_CLIENT_SECRET'];
  if (Boolean(clientId) !== Boolean(clientSecret)) {
    throw new StartSettingError('Set both FIREFLY_SERVICES_CLIENT_ID and FIREFLY_SERVICES_CLIENT_SECRET, or neither.');
  }
  const credentials = clientId && clientSecret ? { clientId, clientSecret } : undefined;
  const defaults = credentials === undefined ? {} : adobe;
  return {
    ...defaults,
    ...originOf(env, 'FIREFLY_API_URL', 'fireflyUrl'),
    ...originOf(env, 'ADOBE_IMS_URL', 'imsUrl'),
    ...originOf(env, 'ADOBE_IO_URL', 'ioManagementUrl'),
    ...(credentials === undefined ? {} : { credentials }),
  };
};

const originOf = (env: Record<string, string | undefined>, name: string, field: keyof typeof adobe): AdobeTarget => {
  const text = env[name];
  if (text === undefined || text === '') return {};
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url === undefined || !isOrigin) {
    throw new StartSettingError(`${name} must be an origin such as https://firefly-api.adobe.io, without a path.`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.includes(url.hostname))) {
    throw new StartSettingError(`${name} must use https; http is allowed on loopback only.`);
  }
  return { [field]: url.origin };
};
