import * as z from 'zod';
import { readEnv } from '#shared/deployment/environment.ts';

const schema = z.object({
  TABLE_NAME: z.string().min(1),
  CLIENT_CREDENTIALS_SECRET_ID: z.string().min(1),
  ACCESS_TOKEN_SECRET_ID: z.string().min(1),
  ADOBE_IMS_URL: z.url(),
  /** Comma-separated (Adobe: IMS v3). */
  GENERATION_SCOPES: z.string().min(1),
});

/** Reads the settings of this function. */
export const readSettings = () => {
  const env = readEnv(schema, process.env);
  return {
    tableName: env.TABLE_NAME,
    clientCredentialsSecretId: env.CLIENT_CREDENTIALS_SECRET_ID,
    accessTokenSecretId: env.ACCESS_TOKEN_SECRET_ID,
    imsUrl: env.ADOBE_IMS_URL,
    scopes: env.GENERATION_SCOPES,
  };
};
