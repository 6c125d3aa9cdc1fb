import type { ListedSecret } from '#shared/adobe/console/io-management.ts';

/** A secret as an operator recognises it in the Developer Console. */
export const describeListed = ({ uuid, createdAt, lastUsedAt }: ListedSecret): string => {
  const used = lastUsedAt === undefined ? 'never used' : `last used ${new Date(lastUsedAt).toISOString()}`;
  return `${uuid} (created ${new Date(createdAt).toISOString()}, ${used})`;
};
