import { asFields, asList } from '../body-fields.ts';
import type { OutputDestinations } from '../outputs.ts';
import { readOutputNumber } from '../present-template.ts';
import { normalizeName } from './fields.ts';

/**
 * What a request says of where outputs are to be put (Adobe: `outputs[]`, by the names that files get). The names of most files
 * follow from pages and records, so that Adobe hosts all of them and the gateway puts there what it has stored.
 */
export const namedDestinations: OutputDestinations = {
  read: ({ outputs: wanted }, result) => {
    const urls = new Map(
      asList(wanted).map((each) => {
        const { source, destination } = asFields(each);
        return [normalizeName(String(source)), asFields(destination)['url']];
      }),
    );
    const found: (string | undefined)[] = [];
    for (const output of asList(result?.['outputs'])) {
      const { source, destination } = asFields(output);
      const number = readOutputNumber(asFields(destination)['url']);
      const url = urls.get(normalizeName(String(source)));
      if (number !== undefined && typeof url === 'string') found[number] = url;
    }
    return Array.from(found);
  },
  host: ({ outputs: _, ...body }) => body,
};
