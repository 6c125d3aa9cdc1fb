import type { ReactNode } from 'react';
import { showDateTime, showDuration } from '../../ui/words.ts';
import type { HealthDetails } from '../operator-api.ts';

const stateTexts: Readonly<Record<HealthDetails['rotation']['state'], string>> = {
  none_yet: 'None yet',
  ok: 'Succeeded',
  failed: 'Failed',
};

/** The client secret at Adobe and how it is rotated. */
export const RotationPanel = ({ rotation }: { rotation: HealthDetails['rotation'] }) => {
  const facts: Record<string, ReactNode> = {
    'Age of the current secret':
      rotation.currentSecretAgeSeconds === undefined
        ? undefined
        : showDuration(rotation.currentSecretAgeSeconds * 1_000),
    'Last rotation': stateTexts[rotation.state],
    'Last success': rotation.lastRotationAt && showDateTime(rotation.lastRotationAt),
    'Next rotation': rotation.nextRotationAt && showDateTime(rotation.nextRotationAt),
    'Previous secret is deleted': rotation.previousRetiresAt && showDateTime(rotation.previousRetiresAt),
    'Secrets that the gateway did not make':
      rotation.foreignSecretUuids.length === 0 ? undefined : rotation.foreignSecretUuids.join(', '),
    Error: rotation.error && `${rotation.error.code}: ${rotation.error.message}`,
  };
  return (
    <section className="panel" aria-labelledby="rotation">
      <h2 id="rotation">Client secret</h2>
      <dl className="facts">
        {Object.entries(facts)
          .filter(([, value]) => value !== undefined)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
    </section>
  );
};
