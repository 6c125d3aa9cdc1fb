import { randomUUID, webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { BMFF } from '@trustnxt/c2pa-ts/asset';
import { CoseAlgorithmIdentifier, LocalSigner } from '@trustnxt/c2pa-ts/cose';
import {
  ActionAssertion,
  ActionType,
  BMFFHashAssertion,
  DataHashAssertion,
  DigitalSourceType,
  ManifestStore,
} from '@trustnxt/c2pa-ts/manifest';
import { openAsset } from '#functions/thumbnail/content-credentials.ts';

/** Puts signed content credentials into a JPEG, PNG, WebP or MP4; any other file stays as it is. */
export type SignPicture = (file: Uint8Array) => Promise<Uint8Array>;

/** Who signs, and what its credentials say. */
export interface SignerOptions {
  /** To whom the certificate is issued. */
  organization: string;
  /** The program that made the file. */
  generator: string;
  isGenerated?: boolean;
}

const curve = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
const emailProtection = '1.3.6.1.5.5.7.3.4';

/** Makes a certificate authority and a certificate of its own, and signs with that: the signatures hold, and nobody trusts them. */
export const createPictureSigner = async ({
  organization,
  generator,
  isGenerated = true,
}: SignerOptions): Promise<SignPicture> => {
  const signer = await createSigner(organization);
  return async (file) => {
    const bytes = new Uint8Array(file);
    const asset = await openAsset(bytes);
    if (asset === undefined) return file;
    const store = new ManifestStore();
    const manifest = store.createManifest({
      assetFormat: asset.mimeType,
      instanceID: `xmp:iid:${randomUUID()}`,
      defaultHashAlgorithm: 'SHA-256',
      signer,
    });
    if (manifest.claim !== undefined) {
      manifest.claim.claimGeneratorName = generator;
      manifest.claim.claimGeneratorVersion = undefined;
    }
    const actions = new ActionAssertion();
    actions.actions = [
      {
        action: ActionType.C2paCreated,
        digitalSourceType: isGenerated ? DigitalSourceType.TrainedAlgorithmicMedia : DigitalSourceType.DigitalCapture,
      },
    ];
    manifest.addAssertion(actions);
    const hash =
      asset instanceof BMFF
        ? BMFFHashAssertion.createV2('jumbf manifest', 'SHA-256')
        : DataHashAssertion.create('SHA-256');
    manifest.addAssertion(hash);
    await asset.ensureManifestSpace(store.measureSize());
    await hash.updateWithAsset(asset);
    await manifest.sign(signer);
    await asset.writeManifestJUMBF(store.getBytes());
    return asset.getDataRange();
  };
};

const createSigner = async (organization: string): Promise<LocalSigner> => {
  const generate = () => webcrypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const [authorityKeys, keys] = await Promise.all([generate(), generate()]);
  const validity = { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 365 * dayMs) };
  const issuer = `CN=Certificate Authority of ${organization}, O=${organization}`;
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: issuer,
    keys: authorityKeys,
    signingAlgorithm: curve,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=Content Credentials of ${organization}, O=${organization}`,
    issuer,
    publicKey: keys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm: curve,
    ...validity,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([emailProtection]),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  });
  const privateKey = new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return new LocalSigner(privateKey, CoseAlgorithmIdentifier.ES256, certificate, [authority]);
};
