import { runCallers } from '#infra/callers/run.ts';

const { argv, env, stdin, stdout, stderr } = process;
process.exitCode = await runCallers({ args: argv.slice(2), env, stdin, stdout, stderr });
