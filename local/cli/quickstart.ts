import type { DemoCaller } from '../demo-callers.ts';

/** Adobe's quickstart for one of the callers, ready to be pasted into a shell. */
export const describeQuickstart = (gateway: string, [caller]: readonly DemoCaller[]): string[] =>
  caller === undefined
    ? []
    : [
        'As one of two callers with an id and secret (calls without a token are "local"):',
        `  ID=${caller.clientId} SECRET=${caller.clientSecret}`,
        `  TOKEN=$(curl -s ${gateway}/ims/token/v3 -d grant_type=client_credentials -d client_id=$ID -d client_secret=$SECRET -d scope=openid,AdobeID,firefly_api,ff_apis | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')`,
        `  curl -s ${gateway}/v3/images/generate-async -H "authorization: Bearer $TOKEN" -H "x-api-key: $ID" -H 'content-type: application/json' -d '{"prompt":"a lighthouse at dusk"}'`,
      ];
