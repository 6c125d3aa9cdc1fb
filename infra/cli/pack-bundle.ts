/**
 * Puts what a bundle needs to start beside it, which the CDK runs for each function: `pack-bundle.ts <directory> <architecture>`.
 * `COMPILE_CACHE_NODE` is the command of a Node as the functions run it; without it the code is compiled only where this machine has
 * the architecture of the functions.
 */
import { findCompiler, packCompileCache, packStart } from '../bundles/pack-bundle.ts';

const [directory = '', architecture = ''] = process.argv.slice(2);
const compiler = findCompiler(architecture);

await packStart(directory);
if (compiler !== undefined) await packCompileCache(directory, architecture, compiler);
