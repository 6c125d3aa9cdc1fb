import { image } from '#shared/adobe/services/image/service.ts';
import type { OperationDefinition } from '#shared/adobe/services/operation.ts';
import { photoshop } from '#shared/adobe/services/photoshop/service.ts';
import type { AdobeService } from '#shared/adobe/services/service.ts';

/** The operation at a path, of Photoshop or of the image services. */
export const find = (path: string): { operation: OperationDefinition; service: AdobeService } => {
  for (const service of [photoshop, image]) {
    const operation = service.operations.find((one) => one.path === path);
    if (operation !== undefined) return { operation, service };
  }
  throw new Error(`There is no operation at ${path}.`);
};

/** What a status of Adobe says about a job of the operation at a path. */
export const read = (path: string, body: unknown) => {
  const { operation, service } = find(path);
  return service.dialect.readStatus(body, operation);
};

/** When a job was accepted and last changed, and its links. */
export const times = {
  createdAt: '2026-03-01T09:30:00.000Z',
  updatedAt: '2026-03-01T09:30:07.000Z',
  links: { statusUrl: 'https://gateway/v2/status/J', cancelUrl: 'https://gateway/jobs/J/cancel' },
};
