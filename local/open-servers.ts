/** A server that can be closed. */
interface Server {
  close(): Promise<void>;
}

/** The servers of a stack, which end together. */
export interface OpenServers {
  /** Waits for a server, which is closed with the others from then on. */
  open<Opened extends Server>(starting: Promise<Opened>): Promise<Opened>;
  /** To be closed before those that were opened earlier. */
  add(server: Server): void;
  /** Closes all of them, with those that are still starting, such as beside one that has failed. */
  close(): Promise<void>;
}

/** Keeps what has to be closed. */
export const createOpenServers = (): OpenServers => {
  const opened: Server[] = [];
  const openings: Promise<unknown>[] = [];
  return {
    open: (starting) => {
      const opening = starting.then((server) => {
        opened.unshift(server);
        return server;
      });
      openings.push(opening);
      return opening;
    },
    add: (server) => void opened.unshift(server),
    close: async () => {
      await Promise.allSettled(openings);
      await Promise.all(opened.splice(0).map((server) => server.close()));
    },
  };
};
