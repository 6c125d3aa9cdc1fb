/**
 * Takes back the flag `--expose-gc`, with which Lambda starts Node: V8 takes no compiled code that was made under other flags, neither
 * that of a bundle nor that of Node's own modules, which is part of Node. So this is loaded before all others.
 */
if ('gc' in globalThis) {
  process.getBuiltinModule('node:v8').setFlagsFromString('--no-expose-gc');
}
