import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Output } from './terminal.ts';

/** How many functions an account runs at once in a region, and how many of that no function has reserved for itself. */
export interface ConcurrencyQuota {
  limit: number;
  unreserved: number;
}

/** With fewer, callers meet 503 and jobs come late as soon as a few of them run at once. */
const minUnreserved = 100;

/** Asks Lambda for the quota of the account. */
export const readConcurrencyQuota = async (lambda: LambdaClient): Promise<ConcurrencyQuota> => {
  const { AccountLimit = {} } = await lambda.send(new GetAccountSettingsCommand({}));
  return {
    limit: AccountLimit.ConcurrentExecutions ?? 0,
    unreserved: AccountLimit.UnreservedConcurrentExecutions ?? 0,
  };
};

/** What the report is made with. */
interface QuotaReport {
  readConcurrency(): Promise<ConcurrencyQuota>;
  output: Output;
}

/** Says whether the account lets enough functions run at once. That it does not is a note: the gateway works, with delays. */
export const reportConcurrency = async ({ readConcurrency, output }: QuotaReport): Promise<void> => {
  try {
    const { limit, unreserved } = await readConcurrency();
    if (unreserved >= minUnreserved) {
      output.say(`  ok      concurrent executions of Lambda: ${unreserved} free for functions that reserve none`);
      return;
    }
    output.complain(
      `Note: Lambda runs at most ${limit} functions of this account at once in this region, ${unreserved} of them unreserved. ` +
        'The gateway works, but requests get 503 and jobs come late while all are busy: ask for 1,000 "Concurrent executions" in Service Quotas.',
    );
  } catch (error) {
    const reason = error instanceof Error ? error.name : String(error);
    output.complain(`Note: the concurrent executions of the account could not be read (${reason}).`);
  }
};
