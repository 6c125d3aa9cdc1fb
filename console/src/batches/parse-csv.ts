const separators = [',', ';', '\t'] as const;

/**
 * Reads the first rows of a table (RFC 4180): cells in quotes may hold separators, quotes and line ends; empty rows are left out. The
 * separator is the one that the header has most of, or that a line `sep=;` above it names.
 *
 * @returns each row with the number of the line at which it begins, from 1
 */
export const parseCsv = (text: string, maxRows: number): { line: number; cells: string[] }[] => {
  const named = /^sep=(.)\r?\n/.exec(text);
  const content = text.slice(named?.[0].length ?? 0);
  const separator = named?.[1] ?? findSeparator(content);
  const rows: { line: number; cells: string[] }[] = [];
  let line = named === null ? 1 : 2;
  let begun = line;
  let cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  const endRow = () => {
    cells.push(cell);
    if (cells.some((each) => each.trim() !== '')) rows.push({ line: begun, cells });
    cells = [];
    cell = '';
  };
  for (let at = 0; at < content.length && rows.length < maxRows; at += 1) {
    const char = content[at] ?? '';
    const isEnd = char === '\n' || (char === '\r' && content[at + 1] !== '\n');
    if (isEnd) line += 1;
    if (isQuoted) {
      if (char !== '"') cell += char;
      else if (content[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else isQuoted = false;
    } else if (char === '"' && cell === '') isQuoted = true;
    else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (isEnd) {
      endRow();
      begun = line;
    } else if (char !== '\r') cell += char;
  }
  if (rows.length < maxRows && (cell !== '' || cells.length > 0)) endRow();
  return rows;
};

const findSeparator = (text: string): string => {
  const [header = ''] = text.split(/\r|\n/, 1);
  const counts = separators.map((separator) => header.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))] ?? ',';
};
