import * as z from 'zod';
import { once } from '../../../once.ts';
import type { ListedOutput } from '../outputs.ts';
import type { OutputRenewal } from '../service.ts';

const keptSpace = once(() =>
  z.object({
    outputSpace: z.object({
      url: z.url(),
      files: z.array(z.object({ name: z.string(), url: z.object({ $output: z.int().min(0) }) })),
    }),
  }),
);

const spaceAnswer = once(() => z.object({ files: z.array(z.object({ name: z.string(), url: z.url() })) }));

/**
 * The space of a job outlives its status: it lies there for six hours, and signs the URLs of its files anew whenever it is asked
 * (Adobe: "Uploading Assets").
 */
export const spaceRenewal: OutputRenewal = {
  getUrl: (result) => keptSpace().safeParse(result).data?.outputSpace.url,
  read: (body, result) => {
    const places = keptSpace().safeParse(result).data?.outputSpace.files ?? [];
    const urls = new Map(
      spaceAnswer()
        .safeParse(body)
        .data?.files.map(({ name, url }) => [name, url]),
    );
    const outputs: ListedOutput[] = [];
    for (const { name, url: place } of places) {
      const url = urls.get(name);
      outputs[place.$output] = url === undefined ? undefined : { url, fields: { name } };
    }
    // Places without a file of the space are read as undefined, like holes.
    return Array.from(outputs);
  },
};
