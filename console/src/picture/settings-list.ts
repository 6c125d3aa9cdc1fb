import { labelName } from '../ui/labels.ts';

/** One setting of a request. */
export interface Setting {
  /** Where it stands, such as `size.width`. */
  path: string;
  name: string;
  value: string;
}

const maxSettings = 200;

/** Every setting of a request, each with its path in words; fields within fields are named with those around them. */
export const listSettings = (request: unknown): Setting[] => {
  const settings: Setting[] = [];
  const visit = (value: unknown, path: readonly string[]) => {
    if (settings.length >= maxSettings) return;
    if (Array.isArray(value) && value.some((entry) => typeof entry === 'object')) {
      value.forEach((entry, index) => {
        visit(entry, [...path, String(index + 1)]);
      });
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [name, entry] of Object.entries(value)) visit(entry, [...path, name]);
    } else {
      settings.push({
        path: path.join('.'),
        name: path.map(labelName).join(' · ') || 'Request',
        value: Array.isArray(value) ? value.join(', ') : String(value),
      });
    }
  };
  visit(request, []);
  return settings;
};
