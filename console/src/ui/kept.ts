/** Storage of the tab: it survives a reload, a way to another page and back, and a sign-in. */
export type TabStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Reads what was kept by a name; what is no JSON is as if it were not there. */
export const readKept = (storage: Pick<TabStorage, 'getItem'>, name: string): unknown => {
  try {
    return JSON.parse(storage.getItem(name) ?? 'null');
  } catch {
    return null;
  }
};

/**
 * Keeps a value as JSON. A full or forbidden storage costs its next life, not the page.
 *
 * @returns whether there was room
 */
export const keep = (storage: Pick<TabStorage, 'setItem'>, name: string, value: unknown): boolean => {
  try {
    storage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
};
