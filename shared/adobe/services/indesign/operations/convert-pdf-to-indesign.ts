import * as z from 'zod';
import { followedAcceptance } from '../../acceptance.ts';
import { defineOperation } from '../../operation.ts';
import { byDefault } from '../../schema.ts';
import { namedDestinations } from '../destinations.ts';
import { assetName, assets, documentPolling, flag, generalSettings, outputs } from '../fields.ts';
import { warnOfHosts } from '../input-hosts.ts';
import { fileResult } from '../results.ts';
import { checkAssets, findReferences } from '../rules.ts';

const mediaTypes = ['application/x-indesign', 'application/vnd.adobe.indesign-idml-package'] as const;

/** Adobe: `POST /v3/convert-pdf-to-indesign`; a ZIP file with the document and what it links to. */
export const convertPdfToIndesign = defineOperation({
  name: 'indesign/convert-pdf-to-indesign',
  title: 'Convert a PDF into an InDesign document',
  path: '/v3/convert-pdf-to-indesign',
  body: () =>
    z.strictObject({
      assets: assets(),
      params: z.strictObject({
        generalSettings: generalSettings().optional(),
        // Adobe: one document at a time.
        targetDocuments: z.array(assetName()).length(1),
        outputMediaType: z.enum(mediaTypes),
        embedLinks: flag(false),
        outputFilebaseString: byDefault('output.zip', z.string().min(1)).optional(),
      }),
      outputs: outputs().optional(),
    }),
  rules: (fields) => checkAssets(fields, findReferences(fields, ['targetDocuments'])),
  warnings: warnOfHosts,
  countOutputs: () => undefined,
  accepts: followedAcceptance,
  result: fileResult,
  destinations: namedDestinations,
  polling: documentPolling,
});
