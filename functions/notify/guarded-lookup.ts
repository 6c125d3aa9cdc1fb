import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { type AddressRules, allowsAddress } from '#shared/webhooks/webhook-address.ts';

/** The name of a receiver leads to an address that webhooks may not have. */
export class AddressNotAllowedError extends Error {
  override readonly name = 'AddressNotAllowedError';
}

/**
 * Finds the addresses of a name as the given function does, and hands them on only if webhooks may have all of them. The
 * connection is made to what was looked at here: a name that is asked for twice may answer differently.
 */
export const guardedLookup =
  (lookup: LookupFunction, rules: AddressRules): LookupFunction =>
  (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, []);
      const addresses = found as LookupAddress[];
      const [first] = addresses;
      if (first === undefined || addresses.some(({ address }) => !allowsAddress(address, rules))) {
        return callback(new AddressNotAllowedError('The name does not lead to public addresses only.'), []);
      }
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
