import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  type RequestFilteringAgentOptions,
  RequestFilteringHttpAgent,
  RequestFilteringHttpsAgent,
} from 'request-filtering-agent';
import { type AddressRules, allowsAddress } from './webhook-url.ts';

/** How requests are made. */
export interface PublicRequestOptions extends AddressRules {
  /** Finds the addresses of a name; by default the system's. */
  lookup?: LookupFunction;
}

/**
 * Sends a request to a public address, and to no other: callers choose the URLs, so that without it they could reach the metadata
 * service or whatever else a function can (SSRF, server-side request forgery). The agent checks every address that a name
 * resolves to and connects to one of those: a name that resolves differently the next time (DNS rebinding) gains nothing. No redirect
 * is followed.
 */
export const sendToPublic = async (
  url: URL,
  options: Pick<RequestOptions, 'method' | 'headers' | 'signal'>,
  body: string | Readable,
  { lookup, ...rules }: PublicRequestOptions,
): Promise<IncomingMessage> => {
  const filter = rules.allowsLoopback ? loopback : {};
  const guarded = { ...options, lookup: checkLookup(lookup, rules) };
  const request =
    url.protocol === 'https:'
      ? httpsRequest(url, { ...guarded, agent: new RequestFilteringHttpsAgent(filter) })
      : httpRequest(url, { ...guarded, agent: new RequestFilteringHttpAgent(filter) });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('error', reject).once('response', resolve);
  });
  if (body instanceof Readable) {
    // A receiver may answer before it has read all; the answer is what counts.
    const sent = pipeline(body, request);
    return Promise.race([answered, sent.then(() => answered)]);
  }
  request.end(body);
  return answered;
};

// Single addresses, not ranges: the agent compares a range with addresses of its own family only, and warns of any other.
const loopback: RequestFilteringAgentOptions = { allowIPAddressList: ['127.0.0.1', '::1'] };

/** Looks up a name and refuses it unless all of its addresses may be called: the agent does not know all that may not. */
const checkLookup =
  (lookup: LookupFunction = systemLookup, rules: AddressRules): LookupFunction =>
  (name, options, callback) =>
    lookup(name, options, (error, address, family) => {
      const addresses = Array.isArray(address) ? address.map((each) => each.address) : [address];
      const isAllowed = error !== null || addresses.every((each) => allowsAddress(each, rules));
      callback(isAllowed ? error : new Error('DNS lookup led to an address that is not public.'), address, family);
    });

/** Says why there was no answer. The agent's own message names the address, which is not for whoever chose the URL to see. */
export const explainNoAnswer = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  if (code === undefined && message?.startsWith('DNS lookup '))
    return 'The name does not lead to public addresses only.';
  return `The connection failed: ${code ?? 'unknown'}.`;
};
