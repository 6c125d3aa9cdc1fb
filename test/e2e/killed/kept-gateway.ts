/** A gateway with a data folder in a process of its own: `node kept-gateway.ts <folder> <port> <handlers as JSON>`. */
import { readAdobeTarget } from '#local/adobe-target.ts';
import { openDataFolder } from '#local/data/data-folder.ts';
import { startStack } from '#local/stack.ts';
import { stackNames } from '#local/stack-settings.ts';

const [directory = '', port = '0', handlers = '{}'] = process.argv.slice(2);
const { lambda, description, resumed } = await startStack({
  port: Number(port),
  data: openDataFolder(directory),
  target: readAdobeTarget(process.env),
  handlers: JSON.parse(handlers),
  settings: {
    requestsPerMinute: 200,
    pollSeconds: 1,
    submitGraceSeconds: 20,
    apiConcurrency: 2,
    generateConcurrency: 2,
    logLevel: 'ERROR',
  },
  onLog: (name, line) => process.stderr.write(`${name}: ${line}\n`),
});
// The minute of the schedule is longer than this process may live.
setInterval(() => void lambda.invoke(stackNames.functions.dispatch, {}).catch(() => undefined), 1_000);
process.stdout.write(`${JSON.stringify({ description, resumed })}\n`);
