import type { FileNotes, PreparedLine } from '../../prepared-line.ts';
import { readTable } from '../table.ts';
import { damagedFile, openArchive } from './archive.ts';
import { readSheet } from './sheet.ts';
import { readWorkbook } from './workbook.ts';

/** Largest .xlsx file, in bytes: its table of contents is at the end, so that it is held in memory as a whole. */
export const maxXlsxBytes = 32_000_000;

// Parsed within minutes on the share of a core that the function has.
const maxSheetBytes = 256_000_000;

/**
 * One line for each row with something in it below the header of a spreadsheet, as of a CSV file: of the sheet named `requests`, or else of
 * the first one.
 *
 * @param maxBytes most that the sheet may have, unpacked, where that is less than is read at all
 * @throws {RefusedFileError} if it is no spreadsheet, is too large unpacked, or has a header that cannot be used
 */
export async function* readXlsx(
  chunks: AsyncIterable<Buffer>,
  notes: FileNotes,
  maxBytes: number,
): AsyncGenerator<PreparedLine> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  const archive = await openArchive(Buffer.concat(all));
  const workbook = await readWorkbook(archive);
  const sheet = archive.read(workbook.sheet, Math.min(maxBytes, maxSheetBytes));
  if (sheet === undefined) throw damagedFile();
  yield* readTable(readSheet(sheet, workbook), notes);
}
