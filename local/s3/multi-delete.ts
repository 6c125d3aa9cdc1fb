import { SaxesParser } from 'saxes';
import { ServiceError } from '../service-error.ts';
import { escapeXml } from './xml.ts';

/** An object, or a version of one, that a DeleteObjects request names. */
export interface NamedObject {
  key: string;
  versionId?: string;
}

/** The body of DeleteObjects. */
export interface MultiDelete {
  objects: NamedObject[];
  /** Whether the answer names failures only. */
  isQuiet: boolean;
}

/** @throws {ServiceError} 400 if it is no XML */
export const readMultiDelete = (body: string): MultiDelete => {
  const objects: NamedObject[] = [];
  let isQuiet = false;
  let text = '';
  const parser = new SaxesParser();
  parser.on('error', () => {
    throw new ServiceError('MalformedXML', 'The XML you provided was not well-formed.');
  });
  parser.on('opentag', ({ name }) => {
    text = '';
    if (name === 'Object') objects.push({ key: '' });
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('closetag', ({ name }) => {
    const object = objects.at(-1);
    if (name === 'Quiet') isQuiet = text === 'true';
    else if (name === 'Key' && object) object.key = text;
    else if (name === 'VersionId' && object) object.versionId = text;
  });
  parser.write(body).close();
  return { objects, isQuiet };
};

/** Writes what {@link readMultiDelete} reads. */
export const writeMultiDelete = ({ objects, isQuiet }: MultiDelete): string => {
  const items = objects.map(({ key, versionId }) => {
    const version = versionId === undefined ? '' : `<VersionId>${escapeXml(versionId)}</VersionId>`;
    return `<Object><Key>${escapeXml(key)}</Key>${version}</Object>`;
  });
  return `<Delete>${items.join('')}<Quiet>${isQuiet}</Quiet></Delete>`;
};
