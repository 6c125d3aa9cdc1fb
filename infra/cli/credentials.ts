import { runCredentials } from '#infra/credentials/run.ts';

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await runCredentials({ args: argv.slice(2), env, stdin, stdout, stderr, signals: process });
