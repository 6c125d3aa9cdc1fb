import * as z from 'zod';
import { defineOperation, type OperationDefinition } from '../../operation.ts';
import { substanceAcceptance } from '../dialect.ts';
import { commonFields, name, path, substancePolling, warnOfTokens } from '../fields.ts';
import { convertedResult, descriptionResult, sceneResult } from '../results.ts';
import { sceneDescription, sceneFormats } from '../scene.ts';

const common = {
  waitQuery: 'wait',
  warnings: warnOfTokens,
  accepts: substanceAcceptance,
  polling: substancePolling,
} satisfies Partial<OperationDefinition>;

/** Adobe: `POST /v1/scenes/assemble`: one scene out of several files. */
export const assemble = defineOperation({
  name: 'substance/assemble',
  title: 'Assemble a 3D scene',
  path: '/v1/scenes/assemble',
  body: () =>
    z.strictObject({
      ...commonFields(),
      scene: sceneDescription(),
      encoding: z.enum(sceneFormats),
      fileBaseName: name(),
    }),
  // Some formats write their textures beside the scene.
  countOutputs: () => undefined,
  result: sceneResult,
  ...common,
});

/** Adobe: `POST /v1/scenes/convert`: a model in another format. */
export const convert = defineOperation({
  name: 'substance/convert',
  title: 'Convert a 3D model',
  path: '/v1/scenes/convert',
  body: () => z.strictObject({ ...commonFields(), format: z.enum(sceneFormats), modelEntrypoint: path().optional() }),
  countOutputs: () => undefined,
  result: convertedResult,
  ...common,
});

/** Adobe: `POST /v1/scenes/describe`: what is in a scene, as JSON. */
export const describe = defineOperation({
  name: 'substance/describe',
  title: 'Describe a 3D scene',
  path: '/v1/scenes/describe',
  body: () => z.strictObject({ ...commonFields(), sceneFile: path().optional() }),
  result: descriptionResult,
  ...common,
});
