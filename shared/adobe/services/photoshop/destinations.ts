import { asFields } from '../body-fields.ts';
import type { OutputDestinations } from '../outputs.ts';
import { readOutputs } from './output-rules.ts';

// The longest that Adobe hosts an output: callers are given addresses of the gateway's copy.
const hosted = { validityPeriod: 86_400 };

const isEmbedded = (output: Readonly<Record<string, unknown>>): boolean =>
  asFields(output['destination'])['embedded'] !== undefined;

/** Where outputs go: to Adobe's storage or to addresses of the gateway, and never to those of callers. Embedded ones stay so. */
export const photoshopDestinations: OutputDestinations = {
  write: (body, urls) => ({
    ...body,
    outputs: readOutputs(body).map((output, index) =>
      isEmbedded(output) ? output : { ...output, destination: { url: urls[index] } },
    ),
  }),

  read: (body) =>
    readOutputs(body).map((output) => {
      const { url } = asFields(output['destination']);
      return typeof url === 'string' ? url : undefined;
    }),

  host: (body) => ({
    ...body,
    outputs: readOutputs(body).map((output) => (isEmbedded(output) ? output : { ...output, destination: hosted })),
  }),

  presume: (body, urls) => ({
    status: 'succeeded',
    result: {
      outputs: readOutputs(body).map(({ mediaType }, index) => ({ destination: { url: urls[index] }, mediaType })),
    },
  }),
};
