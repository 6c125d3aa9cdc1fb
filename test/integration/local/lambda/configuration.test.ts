import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionOf, type LambdaService, startService } from './service.ts';

describe('GetFunctionConfiguration', () => {
  let service: LambdaService;
  beforeAll(async () => {
    service = await startService([functionOf('plain-function.ts', { name: 'plain', env: { TABLE_NAME: 'jobs' } })]);
  });
  afterAll(() => service.close());

  const configurationOf = (FunctionName: string) =>
    service.client.send(new GetFunctionConfigurationCommand({ FunctionName }));

  it('answers what the function was defined with', async () => {
    expect(await configurationOf('plain')).toMatchObject({
      FunctionName: 'plain',
      FunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:plain',
      Timeout: 10,
      State: 'Active',
      Environment: { Variables: { TABLE_NAME: 'jobs' } },
    });
  });

  it('does not know a function that is not there', async () => {
    await expect(configurationOf('absent')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
