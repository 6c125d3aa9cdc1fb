import { readdirSync, readFileSync } from 'node:fs';
import { stackNames } from '#local/stack-settings.ts';

// Of a process that has ended meanwhile there is nothing.
const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** A process and all that it has started. */
const listProcesses = (pid: number): number[] => {
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ');
  return [pid, ...children.filter((id) => id !== '').flatMap((id) => listProcesses(Number(id)))];
};

/** What a process and all that it has started take of the memory in MB; what they share counts once. */
export const readMb = (pid: number): number => {
  const sizes = listProcesses(pid).map((id) => /^Pss:\s+(\d+)/m.exec(read(`/proc/${id}/smaps_rollup`))?.[1]);
  return sizes.reduce((sum, size) => sum + Number(size ?? 0), 0) / 1024;
};

/** Seconds of the processor that they have taken, which Linux counts in hundredths. */
export const readCpuSeconds = (pid: number): number => {
  const stats = listProcesses(pid).map((id) => read(`/proc/${id}/stat`).replace(/.*\) /, '').split(' '));
  return stats.reduce((sum, fields) => sum + (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / 100, 0);
};

/** How many sandboxes of the embedded gateway run in a process. */
export const readSandboxes = (pid: number): number => {
  const threads = readdirSync(`/proc/${pid}/task`).map((id) => read(`/proc/${pid}/task/${id}/comm`));
  const names = Object.values(stackNames.functions).map((name) => name.slice(0, 15));
  return threads.filter((name) => names.includes(name.trim())).length;
};
