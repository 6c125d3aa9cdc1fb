/** Keeps the compiled code of a bundle beside it, for functions that run this very Node: `compile-bundle.ts <file> <architecture>`. */
import { setFlagsFromString } from 'node:v8';
import { writeCompileCache } from '../bundles/compile-cache.ts';

const [file = '', architecture] = process.argv.slice(2);
if (process.arch !== architecture)
  throw new Error(`The code is for ${architecture}, and this Node for ${process.arch}.`);
writeCompileCache(file, setFlagsFromString);
