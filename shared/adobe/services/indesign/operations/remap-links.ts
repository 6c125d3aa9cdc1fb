import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { namedDestinations } from '../destinations.ts';
import { assetName, assets, documentPolling, outputs } from '../fields.ts';
import { warnOfHosts } from '../input-hosts.ts';
import { fileResult } from '../results.ts';
import { checkAssets, findReferences } from '../rules.ts';

/** Adobe: `POST /v3/remap-links`. */
export const remapLinks = defineOperation({
  name: 'indesign/remap-links',
  title: 'Replace links to files by links to Adobe Experience Manager',
  path: '/v3/remap-links',
  // A token of Adobe Experience Manager.
  secretHeaders: ['x-aem-token'],
  body: () =>
    z.strictObject({
      assets: assets(),
      params: z.strictObject({
        targetDocument: z.array(assetName()).min(1),
        dataSource: z.array(z.strictObject({ sourceURI: z.string().min(1), destinationURI: z.string().min(1) })).min(1),
      }),
      outputs: outputs().optional(),
    }),
  rules: (fields) => checkAssets(fields, findReferences(fields, ['targetDocument'])),
  warnings: warnOfHosts,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: fileResult,
  destinations: namedDestinations,
  polling: documentPolling,
});
