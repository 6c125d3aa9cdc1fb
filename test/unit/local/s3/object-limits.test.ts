import { expect, it } from 'vitest';
import { checkObjectLimits } from '#local/s3/object-limits.ts';

it('takes keys of 1,024 bytes, and not one more', () => {
  checkObjectLimits('ä'.repeat(512), {});
  expect(() => checkObjectLimits(`${'ä'.repeat(512)}x`, {})).toThrow(
    expect.objectContaining({ code: 'KeyTooLongError' }),
  );
});

it('takes metadata of 2 KB, names and values, and not one byte more', () => {
  const metadata = (bytes: number) => ({
    'content-type': 'x'.repeat(3_000),
    'x-amz-meta-label': 'x'.repeat(bytes - 5),
  });
  checkObjectLimits('key', metadata(2_048));
  expect(() => checkObjectLimits('key', metadata(2_049))).toThrow(
    expect.objectContaining({ code: 'MetadataTooLarge' }),
  );
});
