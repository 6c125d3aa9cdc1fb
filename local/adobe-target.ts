import { services } from '#shared/adobe/services/registry.ts';

/** Which Adobe the embedded stack talks to; what is undefined is played by the simulator. */
export interface AdobeTarget {
  /** Origins of the services, by their ids. */
  serviceUrls?: Readonly<Record<string, string>>;
  imsUrl?: string | undefined;
  ioManagementUrl?: string | undefined;
  /** The team's own credentials; without them the simulated ones are used. */
  credentials?: { clientId: string; clientSecret: string };
}

/** A setting of the embedded stack cannot be used; the message names it and what it takes. */
export class StartSettingError extends Error {
  override readonly name = 'StartSettingError';
}

const adobe = { imsUrl: 'https://ims-na1.adobelogin.com', ioManagementUrl: 'https://api.adobe.io' };

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** The variable that names the origin of a service, such as `AUDIO_VIDEO_API_URL`. */
export const getUrlVariable = ({ id }: { id: string }): string => `${id.toUpperCase().replaceAll('-', '_')}_API_URL`;

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
  const isAdobe = credentials !== undefined;
  const urls = services.map((service) => {
    const url = readOrigin(env, getUrlVariable(service)) ?? (isAdobe ? service.baseUrl : undefined);
    return [service.id, url] as const;
  });
  return {
    serviceUrls: Object.fromEntries(urls.filter((entry): entry is readonly [string, string] => entry[1] !== undefined)),
    imsUrl: readOrigin(env, 'ADOBE_IMS_URL') ?? (isAdobe ? adobe.imsUrl : undefined),
    ioManagementUrl: readOrigin(env, 'ADOBE_IO_URL') ?? (isAdobe ? adobe.ioManagementUrl : undefined),
    ...(credentials && { credentials }),
  };
};

const readOrigin = (env: Record<string, string | undefined>, name: string): string | undefined => {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin =
    url !== undefined && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url === undefined || !isOrigin) {
    throw new StartSettingError(`${name} must be an origin such as https://firefly-api.adobe.io, without a path.`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback.includes(url.hostname))) {
    throw new StartSettingError(`${name} must use https; http is allowed on loopback only.`);
  }
  return url.origin;
};
