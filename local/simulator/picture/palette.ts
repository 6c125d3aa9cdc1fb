import type { Random } from './random.ts';

/** The colours of one scene. */
export interface Palette {
  night: boolean;
  /** Top to horizon. */
  sky: [string, string, string];
  light: string;
  /** A ridge's colour by its nearness, 0 (far) to 1 (near). */
  ridge(nearness: number): string;
  /** The colour of what stands in the foreground. */
  shade: string;
}

const hsl = (hue: number, saturation: number, lightness: number): string =>
  `hsl(${(((hue % 360) + 360) % 360).toFixed(1)}, ${saturation.toFixed(1)}%, ${lightness.toFixed(1)}%)`;

/** Colours that go together: one hue for the land, a warmer one for the light at the horizon. */
export const createPalette = (random: Random): Palette => {
  const night = random.chance(0.35);
  const land = random.between(180, 330);
  const glow = random.between(8, 52);
  const [top, middle, horizon] = night ? [9, 20, 44] : [38, 62, 78];
  return {
    night,
    sky: [hsl(land, 55, top), hsl(land + 30, 48, middle), hsl(glow, night ? 55 : 88, horizon)],
    light: night ? hsl(glow + 20, 60, 92) : hsl(glow + 8, 100, 88),
    // Far ridges take the colour of the air, near ones their own.
    ridge: (nearness) => hsl(land + 28 * (1 - nearness), 26 + 22 * nearness, (night ? 40 : 64) * (1 - nearness) + 8),
    shade: hsl(land, 48, 6),
  };
};
