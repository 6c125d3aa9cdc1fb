import type { SimulatedService } from '../service/definition.ts';
import { createRefuse, writeErrorCode } from '../service/refusals.ts';
import { predict } from './predict.ts';

/** `sensei.adobe.io`: Content Tagging. */
export const contentTagging: SimulatedService = {
  id: 'content-tagging',
  title: 'Content Tagging',
  // Adobe prints none.
  scopes: ['openid', 'AdobeID'],
  quotas: { 'content-tagging': { windows: [{ seconds: 60, limit: 60 }] } },
  operations: [predict],
  statusPaths: [],
  partialOutputs: 'fail_the_job',
  refuse: createRefuse(writeErrorCode),
  explain: ({ kind, message }) => ({ code: kind, message }),
};
