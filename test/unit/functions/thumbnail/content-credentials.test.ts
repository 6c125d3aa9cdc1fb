import { beforeAll, describe, expect, it } from 'vitest';
import { readContentCredentials } from '#functions/thumbnail/content-credentials.ts';
import { createPictureSigner, type SignPicture } from '#local/simulator/manner/content-credentials.ts';
import { video } from '#local/simulator/outputs/filler.ts';
import { shorten } from '#shared/jobs/inspection.ts';
import { drawPicture } from '#test/fixtures/pictures.ts';

const organization = 'Studio of the tests';
let sign: SignPicture;

beforeAll(async () => {
  sign = await createPictureSigner({ organization, generator: 'A model' });
});

const valid = { state: 'valid', generator: 'A model', signer: organization, aiGenerated: true };
const own = (file: Uint8Array) => new Uint8Array(file);

type Kind = 'jpeg' | 'png' | 'webp' | 'mp4';

const draw = async (kind: Kind, size?: { width: number; height: number }): Promise<Uint8Array> =>
  kind === 'mp4' ? video(size?.width ?? 1) : drawPicture(kind, size);

describe.each(['jpeg', 'png', 'webp', 'mp4'] as const)('the content credentials of a %s', (kind) => {
  it('are valid as they were signed, and name generator and signer', async () => {
    expect(await readContentCredentials(own(await sign(await draw(kind))))).toEqual(valid);
  });

  it('are invalid once a byte of the picture is another one', async () => {
    const file = own(await sign(await draw(kind)));
    // Those of a WebP are at its end.
    const place = kind === 'webp' ? 60 : file.length - 20;
    file[place] = (file[place] ?? 0) ^ 1;
    expect(await readContentCredentials(file)).toEqual({ ...valid, state: 'invalid' });
  });

  it('are invalid once they say something else', async () => {
    const file = Buffer.from(await sign(await draw(kind)));
    for (let at = file.indexOf('A model'); at >= 0; at = file.indexOf('A model')) file.write('A human', at);
    expect(await readContentCredentials(own(file))).toMatchObject({ state: 'invalid', generator: 'A human' });
  });

  it('are invalid on another picture', async () => {
    const signed = await sign(await draw(kind, { width: 64, height: 64 }));
    const foreign = transplant(Buffer.from(signed), Buffer.from(await draw(kind, { width: 32, height: 32 })), kind);
    expect(await readContentCredentials(own(foreign))).toMatchObject({ state: 'invalid' });
  });

  it('of a stranger are valid, and name the stranger', async () => {
    const stranger = await createPictureSigner({
      organization: 'A stranger',
      generator: 'A camera',
      isGenerated: false,
    });
    const provenance = await readContentCredentials(own(await stranger(await draw(kind))));
    expect(provenance).toEqual({ state: 'valid', generator: 'A camera', signer: 'A stranger', aiGenerated: false });
  });

  it('are none where there are none, or where they were stripped', async () => {
    expect(await readContentCredentials(own(await draw(kind)))).toEqual({ state: 'none' });
  });

  it('that break off cannot be read', async () => {
    const file = own(await sign(await draw(kind)));
    expect(await readContentCredentials(file.slice(0, 900))).toEqual({ state: 'unreadable' });
    const garbled = Buffer.from(file);
    garbled.fill(0x55, garbled.indexOf('c2pa') + 40, garbled.indexOf('c2pa') + 400);
    expect(['unreadable', 'invalid']).toContain((await readContentCredentials(own(garbled)))?.state);
  });
});

it('with names of any length are cut', async () => {
  const wordy = await createPictureSigner({ organization: 'x'.repeat(60), generator: 'y'.repeat(500) });
  const { generator = '' } = (await readContentCredentials(own(await wordy(await drawPicture('png'))))) ?? {};
  expect(generator).toHaveLength(80);
});

it('are names in which nothing is that a record does not take, or that looks like another name', () => {
  expect(shorten('Studio\u0000\r\n of \ud83d the \u202Etests')).toBe('Studio  of   the  tests');
  expect(shorten('スタジオ 🎨')).toBe('スタジオ 🎨');
  expect(shorten('🎨'.repeat(60))).toBe(`${'🎨'.repeat(39)}…`);
});

it('are not looked for in files of other kinds', async () => {
  for (const file of [await drawPicture('gif'), Buffer.from('%PDF-1.7 and more'), Buffer.alloc(0)]) {
    expect(await readContentCredentials(own(file))).toBeUndefined();
  }
});

describe('the content credentials of a film', () => {
  const box = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + content.length);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, content]);
  };

  it('are found beside other metadata of the same kind of box', async () => {
    const metadata = box('uuid', Buffer.concat([Buffer.alloc(16, 0xbe), Buffer.from('<x:xmpmeta/>')]));
    expect(await readContentCredentials(own(Buffer.concat([video(1), metadata])))).toEqual({ state: 'none' });
    expect(await readContentCredentials(own(await sign(Buffer.concat([video(1), metadata]))))).toEqual(valid);
  });

  it('are invalid once a box comes to it', async () => {
    const longer = Buffer.concat([await sign(video(1)), box('free', Buffer.alloc(8))]);
    expect(await readContentCredentials(own(longer))).toEqual({ ...valid, state: 'invalid' });
  });

  it.each([
    ['of a thousand times a thousand boxes', () => box('moov', Buffer.alloc(8_000_000, box('free', Buffer.alloc(0))))],
    // Below the limit of a structure: all of them are read.
    ['of a quarter of a million boxes', () => box('moov', Buffer.alloc(2_000_000, box('free', Buffer.alloc(0))))],
    ['of boxes in boxes without end', () => nest(200_000)],
    ['of boxes side by side without end', () => Buffer.alloc(8 * 300_000, box('free', Buffer.alloc(0)))],
    ['that claims to be longer than it is', () => box('mdat', Buffer.alloc(100)).subarray(0, 60)],
    ['with a box of no length at all', () => Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0])],
  ])('cannot be read %s, and that takes no time', async (_, more) => {
    const started = performance.now();
    const hostile = Buffer.concat([await sign(video(1)), more()]);
    expect(['unreadable', 'invalid']).toContain((await readContentCredentials(own(hostile)))?.state);
    // Whatever else the machine does: to look at every box from every other would take hours.
    expect(performance.now() - started).toBeLessThan(30_000);
  });

  const nest = (depth: number): Buffer => {
    const boxes = Buffer.alloc(8 * depth);
    for (let level = 0; level < depth; level += 1) {
      boxes.writeUInt32BE(8 * (depth - level), 8 * level);
      boxes.write('moov', 8 * level + 4, 'latin1');
    }
    return boxes;
  };
});

it('of a WebP cannot be read where there are two of them, or far too many parts', async () => {
  const signed = Buffer.from(await sign(await drawPicture('webp')));
  const grow = (more: Buffer): Buffer => {
    const file = Buffer.concat([signed, more]);
    file.writeUInt32LE(file.length - 8, 4);
    return file;
  };
  const manifest = signed.subarray(signed.indexOf('C2PA'));
  expect(await readContentCredentials(own(grow(manifest)))).toEqual({ state: 'unreadable' });
  expect(await readContentCredentials(own(grow(Buffer.alloc(8 * 30_000))))).toEqual({ state: 'unreadable' });
});

/** The credentials of one picture in another one. */
const transplant = (signed: Buffer, other: Buffer, kind: Kind): Buffer => {
  if (kind === 'jpeg') {
    const start = signed.indexOf(Buffer.from([0xff, 0xeb]));
    return Buffer.concat([
      other.subarray(0, 2),
      signed.subarray(start, start + 2 + signed.readUInt16BE(start + 2)),
      other.subarray(2),
    ]);
  }
  if (kind === 'webp') {
    const file = Buffer.concat([other, signed.subarray(signed.indexOf('C2PA'))]);
    file.writeUInt32LE(file.length - 8, 4);
    return file;
  }
  if (kind === 'mp4') {
    const start = signed.indexOf('uuid') - 4;
    const fileType = other.readUInt32BE(0);
    const box = signed.subarray(start, start + signed.readUInt32BE(start));
    return Buffer.concat([other.subarray(0, fileType), box, other.subarray(fileType)]);
  }
  const start = signed.indexOf('caBX') - 4;
  const chunk = signed.subarray(start, start + 12 + signed.readUInt32BE(start));
  const data = other.indexOf('IDAT') - 4;
  return Buffer.concat([other.subarray(0, data), chunk, other.subarray(data)]);
};
