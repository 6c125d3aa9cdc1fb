import { posix } from 'node:path';
import { RefusedFileError } from '../../prepared-line.ts';
import { type Archive, damagedFile, useCsv } from './archive.ts';
import { isDateFormat } from './dates.ts';
import { parseWholeXml, StringText } from './xml.ts';

/** What the cells of a sheet refer to. */
export interface Workbook {
  /** Name of the part with the sheet of requests. */
  sheet: string;
  /** Texts, to which cells refer by their number. */
  strings: readonly string[];
  /** Whether numbers of each style are dates; cells refer to a style by its number. */
  dateStyles: readonly boolean[];
  /** Whether days are counted from 1904 on, rather than from 1900. */
  from1904: boolean;
}

/** The sheet of requests, where a workbook has one of this name. */
const sheetName = 'requests';

const maxPartBytes = 16_000_000;
// Held in memory as a whole.
const maxStringsBytes = 64_000_000;
const maxStrings = 2_000_000;

interface Relationship {
  type: string;
  target: string;
}

/**
 * Reads what stands around the sheets of a workbook, and finds the sheet of requests: the one of that name, or else the first one
 * that is visible.
 *
 * @throws {RefusedFileError} if there is none, or the file is damaged
 */
export const readWorkbook = async (archive: Archive): Promise<Workbook> => {
  const [workbookPart] = findByType(await readRelationships(archive, ''), 'officeDocument');
  if (workbookPart === undefined) throw damagedFile();
  const related = await readRelationships(archive, workbookPart);
  const sheets: { id: string; name: string; isHidden: boolean }[] = [];
  let from1904 = false;
  await readPart(archive, workbookPart, (name, { id = '', name: title = '', state = 'visible', date1904 = '' }) => {
    if (name === 'sheet') sheets.push({ id, name: title.trim().toLowerCase(), isHidden: state !== 'visible' });
    if (name === 'workbookPr') from1904 = date1904 === '1' || date1904 === 'true';
  });
  const worksheets = sheets.flatMap((sheet) => {
    const found = related.get(sheet.id);
    return found?.type === 'worksheet' ? [{ ...sheet, part: found.target }] : [];
  });
  const chosen =
    worksheets.find(({ name }) => name === sheetName) ?? worksheets.find(({ isHidden }) => !isHidden) ?? worksheets[0];
  if (chosen === undefined) throw new RefusedFileError('empty_file', 'There is no sheet in the file.');
  const [stringsPart] = findByType(related, 'sharedStrings');
  const [stylesPart] = findByType(related, 'styles');
  return {
    sheet: chosen.part,
    strings: stringsPart === undefined ? [] : await readStrings(archive, stringsPart),
    dateStyles: stylesPart === undefined ? [] : await readDateStyles(archive, stylesPart),
    from1904,
  };
};

const findByType = (related: ReadonlyMap<string, Relationship>, type: string): string[] =>
  [...related.values()].filter((each) => each.type === type).map(({ target }) => target);

/** The parts that a part refers to, by the ids that it gives them; those of the file itself if its name is empty. */
const readRelationships = async (archive: Archive, part: string): Promise<Map<string, Relationship>> => {
  const { dir, base } = posix.parse(part);
  const related = new Map<string, Relationship>();
  await readPart(archive, posix.join(dir, '_rels', `${base}.rels`), (name, { Id = '', Type = '', Target = '' }) => {
    if (name !== 'Relationship') return;
    const target = posix.join('/', Target.startsWith('/') ? '' : dir, Target).slice(1);
    related.set(Id, { type: Type.slice(Type.lastIndexOf('/') + 1), target });
  });
  return related;
};

const readPart = async (
  archive: Archive,
  name: string,
  open: (name: string, attributes: Readonly<Record<string, string>>) => void,
): Promise<void> => {
  const chunks = archive.read(name, maxPartBytes);
  if (chunks === undefined) throw damagedFile();
  await parseWholeXml(chunks, { open });
};

const readStrings = async (archive: Archive, part: string): Promise<string[]> => {
  const strings: string[] = [];
  const text = new StringText();
  const chunks = archive.read(part, maxStringsBytes);
  if (chunks === undefined) throw damagedFile();
  await parseWholeXml(chunks, {
    open: (name) => text.open(name),
    text: (piece) => text.add(piece),
    close: (name) => {
      text.close(name);
      if (name !== 'si') return;
      if (strings.length === maxStrings) {
        throw new RefusedFileError('file_too_large', `The file has more than ${maxStrings} different texts. ${useCsv}`);
      }
      strings.push(text.take());
    },
  });
  return strings;
};

const readDateStyles = async (archive: Archive, part: string): Promise<boolean[]> => {
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let isInCells = false;
  const chunks = archive.read(part, maxPartBytes);
  if (chunks === undefined) throw damagedFile();
  await parseWholeXml(chunks, {
    open: (name, { numFmtId = '0', formatCode = '' }) => {
      if (name === 'numFmt') codes.set(Number(numFmtId), formatCode);
      else if (name === 'cellXfs') isInCells = true;
      else if (name === 'xf' && isInCells) formats.push(Number(numFmtId));
    },
    close: (name) => {
      if (name === 'cellXfs') isInCells = false;
    },
  });
  return formats.map((id) => isDateFormat(id, codes.get(id)));
};
