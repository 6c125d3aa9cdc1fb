import { describe, expect, it } from 'vitest';
import { synthesise } from './synthesise.ts';

describe('settings', () => {
  it('that would not fit into a function stop the synthesis', () => {
    const extraDownloadHosts = Array.from({ length: 100 }, (_, index) => `https://files-${index}.storage.example.org`);
    expect(() => synthesise({ extraDownloadHosts })).toThrow(
      /The settings of generate take about \d+ bytes, of which Lambda allows 4096/,
    );
  });

  it('that would not fit into a role stop the synthesis as well', () => {
    const inputBuckets = Array.from({ length: 500 }, (_, index) => index.toString(36).padStart(3, 'a'));
    expect(() => synthesise({ inputBuckets })).toThrow(
      /The permissions of \w+ take about \d+ bytes, of which IAM allows 10240/,
    );
  });
});
