/** Begins `npm start`: from bundles, and with settings of the process that need little memory. */
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { findBundles, makeBundles } from '../bundles/bundles.ts';
import { restartLean } from '../lean-process.ts';

/** Whether the command line asks for a gateway. What it asks for else, and what is wrong with it, the program itself says. */
const readGatewayOptions = async () => {
  const { readStartOptions } = await import('./start-options.ts');
  try {
    const options = readStartOptions(process.argv.slice(2), Boolean(process.env['FIREFLY_SERVICES_CLIENT_ID']));
    return options.help || options.backup !== undefined ? undefined : options;
  } catch {
    return undefined;
  }
};

const openBundles = async (): Promise<string | undefined> => {
  try {
    const kept = await findBundles();
    if (kept !== undefined) return kept;
    const options = await readGatewayOptions();
    if (options === undefined) return undefined;
    (options.json ? console.error : console.log)('Bundling the gateway, once');
    return await makeBundles();
  } catch (error) {
    console.error(`The gateway runs from its sources, with more memory: ${String(error)}`);
    return undefined;
  }
};

const bundles = await openBundles();
const program =
  bundles === undefined ? fileURLToPath(new URL('./run-gateway.ts', import.meta.url)) : join(bundles, 'gateway.mjs');
restartLean(program);
await import(pathToFileURL(program).href);
