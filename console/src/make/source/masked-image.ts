import { getAt, isObject, type Path } from '../form/body.ts';

/**
 * The address of the image that a mask belongs to.
 *
 * @param path of the mask, from `whole` on
 * @param name of the field with the image: the nearest one on the way up
 */
export const findMaskedImage = (whole: unknown, path: Path, name: string): string | undefined => {
  for (let length = path.length - 1; length >= 0; length -= 1) {
    const around = getAt(whole, path.slice(0, length));
    const image = isObject(around) && Object.hasOwn(around, name) ? around[name] : undefined;
    const url = getAt(image, ['source', 'url']) ?? getAt(image, ['url']);
    if (typeof url === 'string') return url;
  }
  return undefined;
};
