import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { assetName, assets, documentPolling, flag, generalSettings } from '../fields.ts';
import { warnOfHosts } from '../input-hosts.ts';
import { dataResult } from '../results.ts';
import { checkAssets, findReferences } from '../rules.ts';

const kindOfInfo = (isOn: boolean) => z.strictObject({ enabled: flag(isOn) }).optional();

/** Adobe: `POST /v3/document-info`. */
export const documentInfo = defineOperation({
  name: 'indesign/document-info',
  title: 'Tell pages, links, fonts, page items and texts of a document',
  path: '/v3/document-info',
  body: () =>
    z.strictObject({
      assets: assets(),
      params: z.strictObject({
        generalSettings: generalSettings().optional(),
        targetDocument: assetName(),
        pageInfo: kindOfInfo(true),
        linkInfo: kindOfInfo(false),
        fontInfo: kindOfInfo(false),
        pageItemInfo: kindOfInfo(false),
        textStoryInfo: kindOfInfo(false),
      }),
    }),
  rules: (fields) => checkAssets(fields, findReferences(fields, ['targetDocument'])),
  warnings: warnOfHosts,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: dataResult,
  polling: documentPolling,
});
