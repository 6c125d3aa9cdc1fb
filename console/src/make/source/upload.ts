import { callApi } from '../../api/client.ts';
import { ApiProblem } from '../../api/problem.ts';

interface UploadForm {
  upload: { url: string; fields: Readonly<Record<string, string>> };
  source: { url: string };
  maxBytes: number;
}

/**
 * Uploads a file into the bucket, with a form of the gateway's.
 *
 * @returns the address by which requests name it, `s3://…`
 * @throws {ApiProblem} if the gateway gives no form, or S3 refuses the file
 */
export const uploadFile = async (file: Blob, signal?: AbortSignal): Promise<string> => {
  const form = await callApi<UploadForm>('/uploads', { method: 'POST', body: { contentType: file.type }, signal });
  if (file.size > form.maxBytes) {
    const megabytes = new Intl.NumberFormat(undefined, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 });
    throw new ApiProblem(413, {
      error_code: 'request_too_large',
      detail: `The file has ${megabytes.format(file.size / 1e6)}; inputs may have ${megabytes.format(form.maxBytes / 1e6)}.`,
    });
  }
  const data = new FormData();
  for (const [name, value] of Object.entries(form.upload.fields)) data.append(name, value);
  data.append('file', file);
  const answer = await fetch(form.upload.url, { method: 'POST', body: data, signal }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiProblem(0, { detail: 'The bucket cannot be reached, or does not take files from this page.' });
  });
  if (!answer.ok)
    throw new ApiProblem(answer.status, { detail: `The bucket refused the file with status ${answer.status}.` });
  return form.source.url;
};
