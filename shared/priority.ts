/** In the order in which they are served. */
export const priorities = ['high', 'normal', 'low'] as const;

export type Priority = (typeof priorities)[number];
