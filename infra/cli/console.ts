import { runConsole } from '#infra/console/run.ts';

const { argv, stdout, stderr } = process;
process.exitCode = await runConsole({ args: argv.slice(2), stdout, stderr, signals: process });
