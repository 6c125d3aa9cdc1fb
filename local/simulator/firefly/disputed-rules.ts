import type { Answer } from '../http/answer.ts';
import type { Manner } from '../manner/manner.ts';
import type { SimulatedOperation, Size } from './operation.ts';
import { sourceUrlsIn } from './sources.ts';
import { badRequest, type ValidationError, validationAnswer } from './validation-errors.ts';

const image3Sizes =
  '2688x1536, 1344x756, 896x1152, 1344x768, 2688x1512, 2304x1792, 1152x896, 2048x2048, 1792x2304, 1024x1024'.split(
    ', ',
  );
const videoSizes = '1920x1080, 1280x720, 960x540, 1080x1920, 720x1280, 540x960, 1080x1080, 720x720, 540x540'.split(
  ', ',
);

const format = ({ width, height }: Size): string => `${width}x${height}`;

const wrong = (msg: string, ...path: (string | number)[]): ValidationError => ({
  loc: ['body', ...path],
  msg,
  type: 'value_error',
});

/**
 * Refuses a request of which Adobe's documents and its live services were seen to judge differently.
 *
 * @returns undefined for a request that the manner lets pass
 */
export const refuseDisputed = (
  { path }: SimulatedOperation,
  model: string,
  body: Readonly<Record<string, unknown>>,
  { isObserved }: Manner,
): Answer | undefined => {
  const { customModelId, size, sizes } = body as { customModelId?: string; size?: Size; sizes?: Size[] };
  if (customModelId !== undefined && !model.endsWith('_custom') && !isObserved('custom-model-without-header-ignored')) {
    return validationAnswer([wrong('needs x-model-version image3_custom or image4_custom', 'customModelId')]);
  }
  if (model === 'image3' && size !== undefined && isObserved('image3-sizes-limited')) {
    if (!image3Sizes.includes(format(size))) {
      const message = `Size ${format(size)} is not supported. Supported sizes: ${image3Sizes.join(', ')}`;
      return badRequest([wrong(message, 'size')], message);
    }
  }
  if (path === '/v3/videos/generate' && !isObserved('video-sizes-pass')) {
    const index = (sizes ?? []).findIndex((given) => !videoSizes.includes(format(given)));
    if (index >= 0) return validationAnswer([wrong('the size is not supported', 'sizes', index)]);
  }
  if (isObserved('gcs-input-unreachable')) {
    const unreachable = sourceUrlsIn(body).filter(({ text }) =>
      new URL(text).hostname.endsWith('storage.googleapis.com'),
    );
    if (unreachable.length > 0) {
      return validationAnswer(unreachable.map(({ path: at }) => wrong('the URL could not be reached', ...at)));
    }
  }
  return undefined;
};
