import type { ApiRequest } from '../http/request.ts';

/** Where a caller follows and cancels a job: always at the gateway, never at Adobe. */
export interface JobLinks {
  statusUrl: string;
  cancelUrl: string;
}

/** The gateway's own URLs of a job. */
export const jobLinks = ({ baseUrl }: Pick<ApiRequest, 'baseUrl'>, jobId: string): JobLinks => ({
  statusUrl: `${baseUrl}/v3/status/${jobId}`,
  cancelUrl: `${baseUrl}/v3/cancel/${jobId}`,
});

/** Adobe's `Link` header: where the job's status is and where it can be cancelled. */
export const linkHeader = ({ statusUrl, cancelUrl }: JobLinks): string =>
  `<${statusUrl}>; rel="status", <${cancelUrl}>; rel="cancel"`;
