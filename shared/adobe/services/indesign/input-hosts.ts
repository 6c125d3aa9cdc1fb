import { asFields, asList } from '../body-fields.ts';

/**
 * Where the kinds of storage keep their files that Adobe names (S3, Azure, Dropbox, Google Cloud, Adobe Experience Manager, Box,
 * Frame.io). It does not name the hosts, and allows an organization others on request.
 */
const usualDomains = [
  'amazonaws.com',
  'windows.net',
  'dropbox.com',
  'dropboxusercontent.com',
  'googleapis.com',
  'adobeaemcloud.com',
  'box.com',
  'boxcloud.com',
  'frame.io',
];

/** Sentences about assets that Adobe may refuse to fetch. */
export const warnOfHosts = (body: unknown): string[] => {
  const hosts = asList(asFields(body)['assets']).flatMap((asset) => {
    const { url } = asFields(asFields(asset)['source']);
    const host = typeof url === 'string' && URL.canParse(url) && url.startsWith('https:') ? new URL(url).hostname : '';
    return host === '' || usualDomains.some((domain) => `.${host}`.endsWith(`.${domain}`)) ? [] : [host];
  });
  return [...new Set(hosts)].map(
    (host) =>
      `Adobe fetches assets from ${host} only if it has allowed that for your organization; S3, Azure, Dropbox, Google Cloud, AEM, Box and Frame.io need nothing.`,
  );
};
