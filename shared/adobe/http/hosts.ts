/** Decides whether a URL from outside may be called: http or https, without credentials in it. */
export type AllowsUrl = (url: string) => boolean;

const protocols = ['http:', 'https:'];

const originOf = (entry: string): string => {
  if (!URL.canParse(entry) || !protocols.includes(new URL(entry).protocol)) {
    throw new TypeError(`Neither a host suffix such as .adobe.io nor an origin with http or https: ${entry}`);
  }
  return new URL(entry).origin;
};

const toSuffix = (entry: string): RegExp =>
  new RegExp(`[^.]${entry.replaceAll('.', '\\.').replaceAll('*', '[a-z0-9-]+')}$`);

/**
 * Builds an allow-list of URLs.
 *
 * @param entries `.adobe.io` allows https on any subdomain, and `*` in one, as in `.s3.*.amazonaws.com`, stands for one label; an
 *   origin such as `http://127.0.0.1:4020` allows itself only
 * @throws {TypeError} if an entry is neither
 */
export const createAllowList = (entries: readonly string[]): AllowsUrl => {
  const suffixes = entries.filter((entry) => entry.startsWith('.')).map(toSuffix);
  const origins = entries.filter((entry) => !entry.startsWith('.')).map(originOf);
  return (text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    if (!protocols.includes(url.protocol) || url.username !== '' || url.password !== '') return false;
    if (origins.includes(url.origin)) return true;
    return url.protocol === 'https:' && url.port === '' && suffixes.some((suffix) => suffix.test(url.hostname));
  };
};
