import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that a function under test calls, so that a test sees each effect and can act in the middle of it. */
export interface ReportServer {
  url: string;
  /** Every call, in the order of arrival. */
  effects: string[];
  close(): Promise<void>;
}

/** @param onEffect runs before the call is answered */
export const startReportServer = async (onEffect: (effect: string) => Promise<unknown>): Promise<ReportServer> => {
  const effects: string[] = [];
  const server = createServer(async (request, response) => {
    const effect = (request.url ?? '').slice(1);
    effects.push(effect);
    await onEffect(effect);
    response.end(effect);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    effects,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
