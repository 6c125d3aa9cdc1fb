import { describe, expect, it } from 'vitest';
import { readAdobeError } from '#shared/adobe/http/errors.ts';
import { imageDialect } from '#shared/adobe/services/image/dialect.ts';
import { image } from '#shared/adobe/services/image/service.ts';
import { photoshopDialect } from '#shared/adobe/services/photoshop/dialect.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import { classifyRefusal } from '#shared/adobe/services/refusal.ts';

const forbidden = (message: string) => ({ error_code: 'unauthorized_forbidden', message });
const masking = (code: string, details: object[] = []) => ({ type: 'error', code, title: 'It was refused.', details });

describe('what a refusal means', () => {
  it.each<[number, object, string]>([
    [429, { error_code: 'unauthorized_rate_limited', message: 'Slow down.' }, 'rate'],
    [403, { error_code: 'unauthorized_rate_limited', message: 'Slow down.' }, 'rate'],
    [429, masking('too_many_requests'), 'rate'],
    [429, {}, 'rate'],
    [403, forbidden('The Service is experiencing high traffic. please retry after a brief wait'), 'rate'],
    [403, forbidden('The quota for the calling user has exhausted'), 'quota'],
    [403, { error_code: 403421, message: 'No more.' }, 'quota'],
    [403, forbidden('The user is not entitled to call this service'), 'access'],
    [403, forbidden('The user is currently blocked by the admin'), 'access'],
    [403, forbidden('The user is having an invalid subscription'), 'access'],
    [403, forbidden('The user is having an invalid scope'), 'access'],
    [403, masking('forbidden'), 'access'],
    [403, { error_code: '403000', message: 'Api Key is invalid' }, 'access'],
    [451, { error_code: 'unauthorized_legal_reasons', message: 'Geo.' }, 'access'],
    [402, { error_code: 'trial_limit_exceeded', message: 'Used up.' }, 'final'],
    [400, { error_code: 'invalid_json', message: 'Bad.' }, 'final'],
    [405, { error_code: 'unsupported_method', message: 'Bad.' }, 'final'],
    [415, { error_code: 'invalid_content_type', message: 'Bad.' }, 'final'],
    [422, { error_code: 'validation_error', message: 'Bad.', errors: [{ error_code: 'a', message: 'b' }] }, 'final'],
    [400, masking('input_validation_error', [{ reason: 'a' }]), 'final'],
    [400, { error_code: '400411', message: 'Content.' }, 'content'],
    [408, {}, 'retry'],
    [500, { error_code: 'runtime_error', message: 'Try again.' }, 'unknown'],
    [500, { ...masking('internal_server_error'), error_code: 'internal' }, 'unknown'],
    [503, {}, 'unknown'],
  ])('%s with %j is %s, to both services', (status, body, kind) => {
    const error = readAdobeError(status, JSON.stringify(body));
    expect(classifyRefusal(error, photoshopDialect)).toBe(kind);
    expect(classifyRefusal(error, imageDialect)).toBe(kind);
  });
});

describe('how the gateway words a refusal of its own', () => {
  const refusal = {
    status: 422,
    code: 'validation_error',
    message: 'The request is not valid.',
    fields: [{ path: ['outputs', 0, 'mediaType'], message: 'field required', type: 'value_error.missing' }],
  };

  it('is as Photoshop does, with the field in the message', () => {
    for (const operation of [photoshop.operations[0], image.operations.find(({ path }) => path === '/v1/auto-crop')]) {
      if (operation === undefined) throw new Error('There is no such operation.');
      const { presentRefusal } = operation.name.startsWith('photoshop/auto') ? imageDialect : photoshopDialect;
      expect(presentRefusal?.(refusal, operation)).toEqual({
        error_code: 'validation_error',
        message: 'The request is not valid.',
        errors: [{ error_code: 'value_error.missing', message: 'outputs.0.mediaType: field required' }],
      });
      expect(presentRefusal?.({ ...refusal, fields: [] }, operation)).not.toHaveProperty('errors');
    }
  });

  it('is as masking does, with the field and the reason apart', () => {
    const operation = image.operations.find(({ path }) => path === '/v1/refine-mask');
    if (operation === undefined) throw new Error('There is no such operation.');
    const fields = [{ path: ['mask'], message: 'field required', type: 'value_error.missing' }];
    expect(imageDialect.presentRefusal?.({ ...refusal, fields }, operation)).toEqual({
      type: 'validation_error',
      code: 'input_validation_error',
      title: 'The request is not valid.',
      details: [{ name: 'mask', reason: 'field required' }],
    });
    const limited = { ...refusal, status: 429, code: 'queue_full', fields: [] };
    expect(imageDialect.presentRefusal?.(limited, operation)).toMatchObject({ code: 'too_many_requests', details: [] });
  });
});
