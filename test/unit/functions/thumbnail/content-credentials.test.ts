import { beforeAll, describe, expect, it } from 'vitest';
import { readContentCredentials } from '#functions/thumbnail/content-credentials.ts';
import { createPictureSigner, type SignPicture } from '#local/simulator/manner/content-credentials.ts';
import { drawPicture } from '#test/fixtures/pictures.ts';

const organization = 'Studio of the tests';
let sign: SignPicture;

beforeAll(async () => {
  sign = await createPictureSigner({ organization, generator: 'A model' });
});

const valid = { state: 'valid', generator: 'A model', signer: organization, aiGenerated: true };
const own = (file: Uint8Array) => new Uint8Array(file);

describe.each(['jpeg', 'png'] as const)('the content credentials of a %s', (kind) => {
  it('are valid as they were signed, and name generator and signer', async () => {
    expect(await readContentCredentials(own(await sign(await drawPicture(kind))), kind)).toEqual(valid);
  });

  it('are invalid once a byte of the picture is another one', async () => {
    const file = own(await sign(await drawPicture(kind)));
    const last = file.length - 20;
    file[last] = (file[last] ?? 0) ^ 1;
    expect(await readContentCredentials(file, kind)).toEqual({ ...valid, state: 'invalid' });
  });

  it('are invalid once they say something else', async () => {
    const file = Buffer.from(await sign(await drawPicture(kind)));
    for (let at = file.indexOf('A model'); at >= 0; at = file.indexOf('A model')) file.write('A human', at);
    expect(await readContentCredentials(own(file), kind)).toMatchObject({ state: 'invalid', generator: 'A human' });
  });

  it('are invalid on another picture', async () => {
    const signed = await sign(await drawPicture(kind, { width: 64, height: 64 }));
    const foreign = transplant(Buffer.from(signed), await drawPicture(kind, { width: 32, height: 32 }), kind);
    expect(await readContentCredentials(own(foreign), kind)).toMatchObject({ state: 'invalid' });
  });

  it('of a stranger are valid, and name the stranger', async () => {
    const stranger = await createPictureSigner({
      organization: 'A stranger',
      generator: 'A camera',
      isGenerated: false,
    });
    const provenance = await readContentCredentials(own(await stranger(await drawPicture(kind))), kind);
    expect(provenance).toEqual({ state: 'valid', generator: 'A camera', signer: 'A stranger', aiGenerated: false });
  });

  it('are none where there are none, or where they were stripped', async () => {
    expect(await readContentCredentials(own(await drawPicture(kind)), kind)).toEqual({ state: 'none' });
  });

  it('that break off cannot be read', async () => {
    const file = own(await sign(await drawPicture(kind)));
    expect(await readContentCredentials(file.slice(0, 900), kind)).toEqual({ state: 'unreadable' });
    const garbled = Buffer.from(file);
    garbled.fill(0x55, garbled.indexOf('c2pa') + 40, garbled.indexOf('c2pa') + 400);
    expect(['unreadable', 'invalid']).toContain((await readContentCredentials(own(garbled), kind))?.state);
  });
});

it('are not looked for in a WebP, and names of any length are cut', async () => {
  expect(await readContentCredentials(own(await drawPicture('webp')), 'webp')).toBeUndefined();
  const wordy = await createPictureSigner({ organization: 'x'.repeat(60), generator: 'y'.repeat(500) });
  const { generator = '' } = (await readContentCredentials(own(await wordy(await drawPicture('png'))), 'png')) ?? {};
  expect(generator).toHaveLength(80);
});

/** The credentials of one picture in another one. */
const transplant = (signed: Buffer, other: Buffer, kind: 'jpeg' | 'png'): Buffer => {
  if (kind === 'jpeg') {
    const start = signed.indexOf(Buffer.from([0xff, 0xeb]));
    return Buffer.concat([
      other.subarray(0, 2),
      signed.subarray(start, start + 2 + signed.readUInt16BE(start + 2)),
      other.subarray(2),
    ]);
  }
  const start = signed.indexOf('caBX') - 4;
  const chunk = signed.subarray(start, start + 12 + signed.readUInt32BE(start));
  const data = other.indexOf('IDAT') - 4;
  return Buffer.concat([other.subarray(0, data), chunk, other.subarray(data)]);
};
