import type { JobRecord } from '../api/jobs.ts';

// By the codes of docs/api.md, "Errors".
const adviceByCode: Readonly<Record<string, string>> = {
  submit_outcome_unknown:
    "Adobe's answer was lost: Adobe may have made the picture, and billed it. Decide whether to make it again.",
  never_submitted: 'Nothing was billed. Remove the cause, then make it again.',
  request_expired: 'Nothing was billed. Make it again.',
  request_unsendable: 'Nothing was billed. Make it again from the form.',
  job_given_up: 'Adobe may have billed it. Tell an operator: the logs have the reason.',
  job_unprocessable: 'Make it again with a smaller request.',
  language_not_supported: 'Write the prompt in another language, such as English.',
  input_expired: 'The link to an input has died. Upload the picture, or sign its link for longer.',
  output_media_unsafe:
    "Adobe's content filter took the outputs out. Change the prompt; the attempt may have been billed.",
  output_not_stored: 'Adobe made the outputs, and none could be stored. Tell an operator what the message says.',
  service_disabled: 'An operator has turned this service off.',
  bad_request: 'Adobe refused a field. Change it and make it again.',
  validation_error: 'Adobe refused a field. Change it and make it again.',
  job_timeout: 'Adobe did not finish in time. Make it again.',
};

/** What a person can do about a job that did not succeed. */
export const adviseOn = ({ status, error }: Pick<JobRecord, 'status' | 'error'>): string | undefined => {
  if (status === 'partially_succeeded') return 'Make the missing ones again, with another seed or a changed prompt.';
  if (status === 'timed_out') return adviceByCode['job_timeout'];
  if (error === undefined) return undefined;
  const known = adviceByCode[error.code];
  if (known !== undefined) return known;
  if (/unsafe/.test(error.code))
    return "Adobe's content policy refused it. Change the prompt or the input, then make it again.";
  if (error.code.startsWith('input_')) return 'An input could not be used. Choose it again, then make it again.';
  return undefined;
};
