import ipaddr from 'ipaddr.js';
import { once } from '../once.ts';

/** Where receivers may be besides public addresses: on this machine, in the embedded stack. */
export interface AddressRules {
  allowsLoopback: boolean;
}

/**
 * Whether a webhook's receiver may have this IP address: a public one. Private, loopback, link-local (the metadata services of
 * clouds), shared and reserved ones are not, nor are those that IPv6 maps or tunnels to IPv4.
 */
export const allowsAddress = (address: string, { allowsLoopback }: AddressRules): boolean => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  const range = parsed.range();
  if (range === 'loopback') return allowsLoopback;
  if (notRouted().some((special) => special[0].kind() === parsed.kind() && parsed.match(special))) return false;
  return range === 'unicast' && (parsed.kind() === 'ipv4' || parsed.match(globalUnicast()));
};

// What counts as public and is not reached by way of the Internet: Azure answers its own machines there, and the address
// space of the 6bone has been returned.
const notRouted = once(() => ['168.63.129.16/32', '3ffe::/16'].map((range) => ipaddr.parseCIDR(range)));

// All IPv6 addresses that are routed; outside of it are forms that stand for IPv4 addresses.
const globalUnicast = once((): [ipaddr.IPv6, number] => [ipaddr.IPv6.parse('2000::'), 3]);

const maxUrlLength = 2_048;

// Of https: 443, which a URL does not show, and what is used beside it. Any other service of a host is none of a webhook's.
const ports = ['', '8443'];

/**
 * The first line of defence against SSRF (server-side request forgery): what is wrong with the URL of a webhook, as far as it
 * shows without DNS; undefined if nothing is. The second is the connection itself, in shared/webhooks/public-request.ts.
 *
 * @returns the end of a sentence that begins with the field's name
 */
export const findUrlProblem = (
  text: string,
  rules: AddressRules,
  maxLength: number = maxUrlLength,
): string | undefined => {
  if (text.length > maxLength) return `has more than ${maxLength} characters`;
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  const host = readHost(url);
  if (url.protocol !== 'https:' && !(rules.allowsLoopback && url.protocol === 'http:' && isLoopback(host))) {
    return 'must begin with https://';
  }
  if (url.username !== '' || url.password !== '') return 'must not contain a user name or password';
  if (url.hash !== '') return 'must not have a fragment';
  const isOwnMachine = /(^|\.)localhost\.?$/.test(host);
  if ((ipaddr.isValid(host) && !allowsAddress(host, rules)) || (isOwnMachine && !rules.allowsLoopback)) {
    return 'must lead to a public address';
  }
  if (!ports.includes(url.port) && !isLoopback(host)) return 'must lead to port 443 or 8443';
  return undefined;
};

/** The host name or IP address of a URL, without the brackets of IPv6. */
const readHost = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1');

const isLoopback = (host: string): boolean =>
  host === 'localhost' || (ipaddr.isValid(host) && ipaddr.parse(host).range() === 'loopback');
