import * as z from 'zod';
import { once } from '../../../once.ts';
import { resultWithErrorsBeside } from '../errors-beside.ts';

const output = once(() =>
  z.looseObject({ source: z.string().optional(), destination: z.looseObject({ url: z.url() }) }),
);

const error = once(() => z.looseObject({ error_code: z.string(), message: z.string(), source: z.string().optional() }));

const lists = once(() => ({ outputs: z.array(output()).optional(), errors: z.array(error()).optional() }));

/** Files, and what is said about them (Adobe: `data`, or above 250 KB the URL of it). */
export const fileResult = resultWithErrorsBeside({
  schema: once(() => z.object({ ...lists(), data: z.looseObject({}).optional(), dataURL: z.url().optional() })),
  outputs: ['outputs[].destination.url', 'dataURL'],
});

/** What is said about a document: it is all there is to store. */
export const dataResult = resultWithErrorsBeside({
  schema: once(() => z.object({ ...lists(), data: z.looseObject({}).optional(), dataURL: z.url().optional() })),
  outputs: ['outputs[].destination.url', 'dataURL'],
  embedded: [{ at: 'data', encoding: 'json', contentType: 'application/json' }],
});
