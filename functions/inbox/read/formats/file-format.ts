/** How requests are written in a file. */
export interface FileFormat {
  format: 'jsonl' | 'csv' | 'json';
  /** Whether the file is compressed with gzip. */
  isCompressed: boolean;
}

const extensions: Record<string, FileFormat['format']> = { jsonl: 'jsonl', ndjson: 'jsonl', csv: 'csv', json: 'json' };

/** The format that the end of a key tells; undefined if it is none. */
export const formatOf = (key: string): FileFormat | undefined => {
  const name = key.toLowerCase();
  const isCompressed = name.endsWith('.gz');
  const [, extension = ''] = /\.([a-z]+)$/.exec(isCompressed ? name.slice(0, -'.gz'.length) : name) ?? [];
  const format = Object.hasOwn(extensions, extension) ? extensions[extension] : undefined;
  return format && { format, isCompressed };
};
