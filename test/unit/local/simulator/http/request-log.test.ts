import { describe, expect, it } from 'vitest';
import { createRequestLog } from '#local/simulator/http/request-log.ts';

describe('request log', () => {
  it('keeps the latest requests only', () => {
    const log = createRequestLog(3);
    for (let arrivedAt = 0; arrivedAt < 20; arrivedAt += 1) {
      log.begin({ service: 'ims', method: 'POST', path: '/', query: new URLSearchParams(), headers: {}, arrivedAt });
    }
    expect(log.requests().map(({ arrivedAt }) => arrivedAt)).toEqual([17, 18, 19]);
  });
});
