import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { assetName, assets, documentPolling, flag, generalSettings } from '../fields.ts';
import { warnOfHosts } from '../input-hosts.ts';
import { dataResult } from '../results.ts';
import { checkAssets, findReferences } from '../rules.ts';

/** Adobe: `POST /v3/merge-data-tags`. */
export const mergeDataTags = defineOperation({
  name: 'indesign/merge-data-tags',
  title: 'List the data merge tags of a document',
  path: '/v3/merge-data-tags',
  body: () =>
    z.strictObject({
      assets: assets(),
      params: z.strictObject({
        generalSettings: generalSettings().optional(),
        targetDocument: assetName(),
        dataSource: assetName().optional(),
        filter: byDefault(['all'], z.array(z.enum(['all', 'text', 'image', 'qr']))).optional(),
        includePageItemIdentifiers: flag(false),
      }),
    }),
  rules: (fields) => checkAssets(fields, findReferences(fields, ['targetDocument', 'dataSource'])),
  warnings: warnOfHosts,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: dataResult,
  polling: documentPolling,
});
