import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  defineEnvironment,
  EnvironmentError,
  gatewayUrl,
  json,
  list,
  nonNegative,
  text,
  wholeNumber,
} from '#shared/deployment/environment.ts';

const environment = defineEnvironment(() => ({
  tableName: text(),
  awsEndpointUrlS3: z.optional(z.url()),
  submitGraceSeconds: wholeNumber(),
  secretGraceHours: nonNegative(),
  inputBuckets: list(),
  operators: json(z.union([z.literal('policy'), z.array(z.string())])),
  gatewayUrl: gatewayUrl(),
}));

const values = {
  tableName: 'jobs',
  submitGraceSeconds: 3,
  secretGraceHours: 0.5,
  inputBuckets: ['one', 'two'],
  operators: ['a,b'],
  gatewayUrl: 'https://example.com',
};

const variables = {
  TABLE_NAME: 'jobs',
  SUBMIT_GRACE_SECONDS: '3',
  SECRET_GRACE_HOURS: '0.5',
  INPUT_BUCKETS: 'one,two',
  OPERATORS: '["a,b"]',
  GATEWAY_URL: 'https://example.com',
};

describe('an environment', () => {
  it('is written under the names that it is read by', () => {
    expect(environment.write(values)).toEqual(variables);
    expect(environment.read({ ...variables, PATH: '/bin' })).toEqual(values);
  });

  it('is written with what is known at the deployment only', () => {
    const token = '$' + '{Token[TOKEN.12]}';
    expect(environment.write({ ...values, gatewayUrl: `https://${token}` })['GATEWAY_URL']).toBe(`https://${token}`);
  });

  it('leaves out what is undefined, and what is none of its variables', () => {
    const written = environment.write({ ...values, ...{ awsEndpointUrlS3: undefined, other: 'x' } });
    expect(Object.keys(written).sort()).toEqual(Object.keys(variables).sort());
  });

  it('is read with empty lists, spaces in lists and a slash after the URL', () => {
    const read = (changes: Record<string, string>) => environment.read({ ...variables, ...changes });
    expect(read({ INPUT_BUCKETS: '' }).inputBuckets).toEqual([]);
    expect(read({ INPUT_BUCKETS: ' one , ,two' }).inputBuckets).toEqual(['one', 'two']);
    expect(read({ GATEWAY_URL: 'https://example.com//' }).gatewayUrl).toBe('https://example.com');
    expect(read({ AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1' }).awsEndpointUrlS3).toBe('http://127.0.0.1:1');
  });

  it('says what is wrong with it also where nothing has given zod its words', () => {
    const { localeError } = z.config();
    z.config({ localeError: undefined });
    try {
      expect(() => environment.read({ ...variables, TABLE_NAME: undefined })).toThrow(
        'TABLE_NAME: Invalid input: expected string',
      );
    } finally {
      z.config({ localeError });
    }
  });

  it('names every variable that is missing or wrong, and shows no value', () => {
    const wrong = { ...variables, TABLE_NAME: undefined, SUBMIT_GRACE_SECONDS: 'hidden', OPERATORS: '{hidden' };
    const reading = () => environment.read(wrong);
    expect(reading).toThrow(EnvironmentError);
    expect(reading).toThrow(/TABLE_NAME: .*SUBMIT_GRACE_SECONDS: .*OPERATORS: is not JSON/);
    expect(reading).not.toThrow(/hidden/);
  });

  it.each(['0', '-1', '1.5', '', ' ', 'x', 'NaN', 'Infinity'])('takes no %j for a positive whole number', (written) => {
    expect(() => environment.read({ ...variables, SUBMIT_GRACE_SECONDS: written })).toThrow(/SUBMIT_GRACE_SECONDS/);
  });
});
