import type { Batch } from '#shared/batches/batch.ts';
import { batchUrl } from '#shared/gateway-urls.ts';
import type { ApiRequest } from '../http/request.ts';
import { type HttpResponse, jsonResponse } from '../http/response.ts';
import { batchRecord } from './batch-record.ts';

/** Where a caller finds what belongs to a batch. */
export const batchLinks = ({ baseUrl }: Pick<ApiRequest, 'baseUrl'>, batchId: string) => {
  const self = batchUrl(baseUrl, batchId);
  return {
    self,
    jobs: `${self}/jobs`,
    cancel: `${self}/cancel`,
    retry: `${self}/retry`,
    reports: { jsonl: `${self}/report.jsonl`, csv: `${self}/report.csv` },
  };
};

/** The answer to a request for a batch that was taken in: where to follow it. */
export const acceptedBatch = (batch: Batch, request: ApiRequest): HttpResponse => {
  const links = batchLinks(request, batch.batchId);
  return jsonResponse(202, { ...batchRecord(batch), links }, { location: links.self });
};
