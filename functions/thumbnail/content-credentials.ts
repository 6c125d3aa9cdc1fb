import type { Action, Manifest, ValidationResult } from '@trustnxt/c2pa-ts/manifest';
import { type Provenance, shorten } from '#shared/jobs/inspection.ts';
import type { ImageHeader } from './image-header.ts';

// Adobe's have some dozens of KB; with thumbnails of all ingredients, some MB.
const maxManifestBytes = 16 * 1024 * 1024;

/**
 * Reads the content credentials of a file and checks them against it: the signature of the claim, the hashes of its assertions, and
 * the hash of the file. The certificate must be of a kind that may sign, and valid at the time of the signature; whether its
 * issuer is on a list of trust is not checked.
 *
 * @returns undefined for a kind of file of which they cannot be read
 */
export const readContentCredentials = async (
  file: Uint8Array<ArrayBuffer>,
  kind: ImageHeader['kind'],
): Promise<Provenance | undefined> => {
  // C2PA puts them into WebP as well, which the library does not read: `none` would be a guess.
  if (kind === 'webp') return undefined;
  const [{ JPEG, PNG }, { SuperBox }, { ManifestStore }] = await Promise.all([
    import('@trustnxt/c2pa-ts/asset'),
    import('@trustnxt/c2pa-ts/jumbf'),
    import('@trustnxt/c2pa-ts/manifest'),
  ]);
  try {
    const asset = kind === 'jpeg' ? new JPEG(file) : new PNG(file);
    const box = asset.getManifestJUMBF();
    if (box === undefined) return { state: 'none' };
    if (box.length > maxManifestBytes) return { state: 'unreadable' };
    const store = ManifestStore.read(SuperBox.fromBuffer(new Uint8Array(box)));
    const manifest = store.getActiveManifest();
    if (manifest === undefined) return { state: 'unreadable' };
    return { state: judge(await store.validate(asset)), ...describeManifest(manifest) };
  } catch {
    // What a stranger wrote into a file may be anything, and the library throws whatever it stumbles over.
    return { state: 'unreadable' };
  }
};

// C2PA 2.1, 15.2.2: what the library cannot follow is no proof of a change.
const notUnderstood = ['general.error', 'algorithm.unsupported', 'claim.cbor.invalid', 'manifest.compressed.invalid'];

/** The library does not complain of a hash that the claim does not refer to, or of a kind that it does not know: it must have matched. */
const judge = ({ isValid, statusEntries }: ValidationResult): Provenance['state'] => {
  const codes: string[] = statusEntries.map(({ code }) => code);
  if (isValid) {
    const proven = codes.includes('claimSignature.validated') && codes.includes('assertion.dataHash.match');
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
