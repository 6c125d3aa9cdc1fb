import { it } from 'vitest';
import { expectLimitKept } from './rate-limit.ts';

it('lets Adobe never see more than N submits in 60 s, whatever is late, crashes, is lost or cancelled, by clocks that differ', async () => {
  await expectLimitKept(20);
});
