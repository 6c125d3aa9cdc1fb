import * as z from 'zod';
import { defineOperation, type OperationDefinition } from '../../operation.ts';
import { substanceAcceptance } from '../dialect.ts';
import { commonFields, substancePolling, warnOfTokens } from '../fields.ts';
import { renderResult } from '../results.ts';
import { renderFields, sceneDescription, simpleSceneDescription } from '../scene.ts';

const rendering = {
  waitQuery: 'wait',
  warnings: warnOfTokens,
  // Masks and maps are as many as the scene has materials and objects.
  countOutputs: () => undefined,
  accepts: substanceAcceptance,
  result: renderResult,
  polling: substancePolling,
} satisfies Partial<OperationDefinition>;

/** Adobe: `POST /v1/scenes/render`: a scene out of several files. */
export const render = defineOperation({
  name: 'substance/render',
  title: 'Render a 3D scene',
  path: '/v1/scenes/render',
  body: () => z.strictObject({ ...commonFields(), ...renderFields(), scene: sceneDescription() }),
  ...rendering,
});

/** Adobe: `POST /v1/scenes/render-basic`: a scene with one model. */
export const renderBasic = defineOperation({
  name: 'substance/render-basic',
  title: 'Render a 3D model',
  path: '/v1/scenes/render-basic',
  body: () => z.strictObject({ ...commonFields(), ...renderFields(), scene: simpleSceneDescription() }),
  ...rendering,
});
