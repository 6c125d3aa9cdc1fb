/** Decides whether a URL that somebody else handed to us may be called. */
export type AllowsUrl = (url: string) => boolean;

/**
 * Builds an allow-list of URLs.
 *
 * @param entries `.adobe.io` allows https on any subdomain; an origin such as `http://127.0.0.1:4020` allows itself only
 */
export const createAllowList = (entries: readonly string[]): AllowsUrl => {
  const suffixes = entries.filter((entry) => entry.startsWith('.'));
  const origins = entries.filter((entry) => !entry.startsWith('.')).map((entry) => new URL(entry).origin);
  return (text) => {
    if (!URL.canParse(text)) return false;
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') return false;
    if (origins.includes(url.origin)) return true;
    return url.protocol === 'https:' && url.port === '' && suffixes.some((suffix) => url.hostname.endsWith(suffix));
  };
};
