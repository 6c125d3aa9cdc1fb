import type { Asset } from '@trustnxt/c2pa-ts/asset';
import type { Action, Manifest, ValidationResult } from '@trustnxt/c2pa-ts/manifest';
import { type Provenance, shorten } from '#shared/jobs/inspection.ts';

// Adobe's have some dozens of KB; with thumbnails of all ingredients, some MB.
const maxManifestBytes = 16 * 1024 * 1024;

/** A kind of file in which content credentials can be found. */
interface Container {
  /** By its own first 8 bytes, whatever its name or declared type is. */
  matches(beginning: Buffer): boolean;
  /** Opens a file for the library, which is loaded with it. */
  open(file: Uint8Array): Promise<Asset>;
  /** Whether it is found without the library that a file has none. */
  isBare?(file: Uint8Array): Promise<boolean>;
}

const containers: readonly Container[] = [
  {
    matches: (beginning) => beginning.subarray(0, 2).equals(Buffer.from([0xff, 0xd8])),
    open: async (file) => new (await import('@trustnxt/c2pa-ts/asset')).JPEG(file),
  },
  {
    matches: (beginning) => beginning.toString('latin1') === '\x89PNG\r\n\x1a\n',
    open: async (file) => new (await import('@trustnxt/c2pa-ts/asset')).PNG(file),
  },
  {
    matches: (beginning) => beginning.toString('latin1', 0, 4) === 'RIFF',
    open: async (file) => new (await import('./riff-asset.ts')).RiffAsset(file),
  },
  {
    matches: (beginning) => beginning.toString('latin1', 4) === 'ftyp',
    open: async (file) => new (await import('./iso-media-asset.ts')).IsoMediaAsset(file),
    isBare: async (file) => !(await import('./iso-media-asset.ts')).hasManifestBox(file),
  },
];

const findContainer = (file: Uint8Array): Container | undefined => {
  const beginning = Buffer.from(file.subarray(0, 8));
  return containers.find(({ matches }) => matches(beginning));
};

/** Whether content credentials can be read in a file that begins so; 8 bytes are enough. */
export const mayHaveCredentials = (beginning: Uint8Array): boolean => findContainer(beginning) !== undefined;

/**
 * A file as the library of content credentials looks at it; undefined for a kind in which they are not read.
 *
 * @throws {Error} for a file that breaks off
 */
export const openAsset = async (file: Uint8Array): Promise<Asset | undefined> => findContainer(file)?.open(file);

/**
 * Reads the content credentials of a file and checks them against it: the signature of the claim, the hashes of its assertions, and
 * the hash of the file. The certificate must be of a kind that may sign, and valid at the time of the signature; whether its
 * issuer is on a list of trust is not checked.
 *
 * @returns undefined for a kind of file of which they are not read
 */
export const readContentCredentials = async (file: Uint8Array<ArrayBuffer>): Promise<Provenance | undefined> => {
  const container = findContainer(file);
  if (container === undefined) return undefined;
  try {
    if (await container.isBare?.(file)) return { state: 'none' };
    const asset = await container.open(file);
    const box = asset.getManifestJUMBF();
    if (box === undefined) return { state: container.isBare === undefined ? 'none' : 'unreadable' };
    return box.length > maxManifestBytes ? { state: 'unreadable' } : await readManifests(box, asset);
  } catch {
    // What a stranger wrote into a file may be anything, and the library throws whatever it stumbles over.
    return { state: 'unreadable' };
  }
};

const readManifests = async (box: Uint8Array, asset: Asset): Promise<Provenance> => {
  const [{ SuperBox }, { BMFFHashAssertion, ManifestStore }] = await Promise.all([
    import('@trustnxt/c2pa-ts/jumbf'),
    import('@trustnxt/c2pa-ts/manifest'),
  ]);
  const store = ManifestStore.read(SuperBox.fromBuffer(new Uint8Array(box)));
  const manifest = store.getActiveManifest();
  if (manifest === undefined) return { state: 'unreadable' };
  // Of a file that is hashed in pieces, the library compares the pieces and not what is around them.
  const isInPieces = manifest.assertions?.assertions.some(
    (assertion) => assertion instanceof BMFFHashAssertion && assertion.merkle !== undefined,
  );
  const state = isInPieces ? 'unreadable' : judge(await store.validate(asset));
  return { state, ...describeManifest(manifest) };
};

// C2PA 2.1, 15.2.2: what the library cannot follow is no proof of a change.
const notUnderstood = [
  'general.error',
  'algorithm.unsupported',
  'claim.cbor.invalid',
  // The first kind of hash of an MP4, which nobody shall rely on.
  'claim.hardBindings.missing',
  'manifest.compressed.invalid',
];

const hashMatches = ['assertion.dataHash.match', 'assertion.bmffHash.match'];

/** The library does not complain of a hash that the claim does not refer to, or of a kind that it does not know: it must have matched. */
const judge = ({ isValid, statusEntries }: ValidationResult): Provenance['state'] => {
  const codes: string[] = statusEntries.map(({ code }) => code);
  if (isValid) {
    const proven = codes.includes('claimSignature.validated') && codes.some((code) => hashMatches.includes(code));
    return proven ? 'valid' : 'unreadable';
  }
  return statusEntries.some(({ success, code }) => !success && !notUnderstood.includes(code))
    ? 'invalid'
    : 'unreadable';
};

const describeManifest = ({ claim, signature, assertions }: Manifest): Omit<Provenance, 'state'> => {
  const generator = [claim?.claimGeneratorName, claim?.claimGeneratorVersion].filter((part) => part).join(' ');
  const subject = signature?.signatureData.certificate?.subjectName;
  const signer = subject?.getField('O')[0] ?? subject?.getField('CN')[0];
  const actions = assertions
    ?.getActionAssertions()
    .flatMap((assertion) => ('actions' in assertion ? (assertion.actions as Action[]) : []));
  return {
    generator: generator === '' ? undefined : shorten(generator),
    signer: signer === undefined ? undefined : shorten(signer),
    aiGenerated: actions?.some(({ digitalSourceType }) => saysGenerated(digitalSourceType)),
  };
};

// IPTC's terms for what a model made, whole or in part, and C2PA's own for its data.
const generatedTypes = ['trainedAlgorithmicMedia', 'compositeWithTrainedAlgorithmicMedia', 'trainedAlgorithmicData'];

const saysGenerated = (digitalSourceType: string | undefined): boolean =>
  generatedTypes.some((type) => digitalSourceType?.endsWith(type) === true);
