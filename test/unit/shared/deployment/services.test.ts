import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { firefly } from '#shared/adobe/services/firefly/service.ts';
import {
  createServicesSchema,
  enabledServices,
  getBaseUrl,
  getLaneLimits,
  getOperationOverrides,
} from '#shared/deployment/services.ts';

const schema = createServicesSchema(z.url());
const limitsOf = (settings: object) =>
  getLaneLimits({ services: schema.parse({ firefly: settings }), submitGraceSeconds: 3 });

describe('the limits of a lane', () => {
  const [{ name, windows, requestsPerDay }] = firefly.lanes;

  it("are the service's own where nothing is set", () => {
    expect(limitsOf({})).toEqual({ [name]: { windows, requestsPerDay, submitGraceMs: 3_000 } });
  });

  it('are set for a minute and a day', () => {
    const limits = { windows: [{ seconds: 60, hard: 60 }], requestsPerDay: 100, submitGraceMs: 3_000 };
    expect(limitsOf({ requestsPerMinute: 60, requestsPerDay: 100 })).toEqual({ [name]: limits });
    expect(limitsOf({ lanes: { [name]: { requestsPerMinute: 60, requestsPerDay: 100 } } })).toEqual({ [name]: limits });
  });

  it('are set window by window; what is said of a minute alone leaves the others', () => {
    const short = { seconds: 3, hard: 16, soft: 15 };
    expect(limitsOf({ windows: [short] })[name]?.windows).toEqual([short]);
    expect(limitsOf({ windows: [short], lanes: { [name]: { requestsPerMinute: 60 } } })[name]?.windows).toEqual([
      short,
      { seconds: 60, hard: 60 },
    ]);
  });
});

describe('the services', () => {
  it('are on where they are named', () => {
    expect(enabledServices(schema.parse({ firefly: {} }))).toEqual([firefly]);
    expect(enabledServices({})).toEqual([]);
  });

  it("have Adobe's base URL, or the deployment's", () => {
    expect(getBaseUrl({ firefly: {} }, firefly)).toBe('https://firefly-api.adobe.io');
    expect(getBaseUrl({ firefly: { baseUrl: 'https://example.com' } }, firefly)).toBe('https://example.com');
  });

  it('have one list of what is set of operations', () => {
    const operations = { 'images/generate': { pollCeilingSeconds: 30 } };
    expect(getOperationOverrides({ firefly: { operations } })).toEqual(operations);
    expect(getOperationOverrides({ firefly: {} })).toEqual({});
  });
});

describe('where outputs are to be', () => {
  const issuesOf = (id: string, operation: string, outputs: string) =>
    schema.safeParse({ [id]: { operations: { [operation]: { outputs } } } }).error?.issues ?? [];

  it('is set by operation, where Adobe takes destinations', () => {
    expect(issuesOf('photoshop', 'photoshop/edit', 'destination')).toEqual([]);
    expect(issuesOf('photoshop', 'photoshop/edit', 'hosted')).toEqual([]);
    expect(issuesOf('firefly', 'images/generate', 'destination')).toMatchObject([
      { path: ['firefly', 'operations', 'images/generate', 'outputs'], message: expect.stringContaining('hosted') },
    ]);
    expect(issuesOf('photoshop', 'photoshop/edit', 'elsewhere')).toHaveLength(1);
  });
});
