import { describe, expect, it } from 'vitest';
import { presentRefusal } from '#functions/api/generations/present-refusal.ts';
import { ProblemError, problemResponse } from '#functions/api/http/problem.ts';
import { generateImages } from '#shared/adobe/services/firefly/operations/generate-images.ts';
import { substance } from '#shared/adobe/services/substance/service.ts';
import { PolicyRefusal } from '#shared/callers/policy-refusal.ts';

const clock = { now: () => 0 };
const [operation] = substance.operations;

const answer = (error: unknown) => {
  if (operation === undefined) throw new Error('The service has no operation.');
  const presented = presentRefusal(error, operation, clock);
  if (!(presented instanceof ProblemError)) throw new Error('It is no problem.');
  const { body, headers } = problemResponse(presented, 'r-1');
  return { body: JSON.parse(body), headers };
};

describe('a refusal of a request for an operation', () => {
  const wrong = new ProblemError(422, 'validation_error', 'scene.name is wrong', {
    headers: { 'retry-after': '7' },
    validationErrors: [
      { loc: ['body', 'scene', 0, 'name'], msg: 'must be short', type: 'too_long' },
      { loc: ['header', 'x-output-name'], msg: 'is wrong', type: 'value_error' },
    ],
  });

  it('has the body of its service, and members of a problem beside', () => {
    const { body, headers } = answer(wrong);
    expect(body).toMatchObject({
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'scene.name is wrong',
      request_id: 'r-1',
      error_code: 'validation_error',
      error_details: [{ msg: 'must be short' }],
    });
    expect(headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '7' });
  });

  it('of a policy has it too', () => {
    const refusal = new PolicyRefusal('operations', 'No.');
    expect(answer(refusal).body).toMatchObject({ error_code: 'policy_refused', message: 'No.', rule: 'operations' });
  });

  it('stays as it is where the service has none, and where the gateway is at fault', () => {
    expect(presentRefusal(wrong, generateImages, clock)).toBe(wrong);
    const ours = new ProblemError(503, 'service_unavailable', 'Try again.');
    expect(operation && presentRefusal(ours, operation, clock)).toBe(ours);
  });
});
