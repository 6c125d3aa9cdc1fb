import { subscribe } from 'node:diagnostics_channel';
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const restMs = 3_000;
const worthwhileBytes = 2 * 1024 * 1024;
const retryMs = 200;

/**
 * Collects all garbage of this thread. V8 shows how to in a context that is made under a flag; a process that is started with that flag
 * compiles all of Node's own modules anew, in every thread.
 *
 * @returns whether it did: the flag is the whole process's, and another thread may have taken it back meanwhile
 */
export const collectGarbage = (): boolean => {
  setFlagsFromString('--expose-gc');
  const collect: typeof globalThis.gc = runInNewContext('globalThis.gc');
  setFlagsFromString('--no-expose-gc');
  collect?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  return collect !== undefined;
};

/** Gives the memory of work back when no more follows: V8 itself collects while there is work, and not at rest. */
export interface RestCollector {
  /** Work has begun. */
  begin(): void;
  /** All work is done for now; after 3 s of rest garbage is collected, if there may be at least 2 MB of it. */
  end(): void;
}

/** Creates the one of this thread. */
export const createRestCollector = (): RestCollector => {
  const measure = (): number => {
    const { total_heap_size, external_memory } = getHeapStatistics();
    return total_heap_size + external_memory;
  };
  let collectedBytes = 0;
  let rest: NodeJS.Timeout | undefined;
  const collect = () => {
    if (measure() < collectedBytes + worthwhileBytes) return;
    if (!collectGarbage()) {
      // Threads that rest since the same moment must not meet again.
      rest = setTimeout(collect, retryMs * (1 + Math.random())).unref();
      return;
    }
    collectedBytes = measure();
  };
  return {
    begin: () => clearTimeout(rest),
    end: () => {
      clearTimeout(rest);
      rest = setTimeout(collect, restMs).unref();
    },
  };
};

/** Collects garbage when no server of this thread has had a request for 3 s. */
export const collectAtRest = (): void => {
  const { end } = createRestCollector();
  subscribe('http.server.request.start', end);
};
