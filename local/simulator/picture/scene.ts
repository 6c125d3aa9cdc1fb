import { createPalette, type Palette } from './palette.ts';
import type { Random } from './random.ts';

/** A drawing's extent in its own units; the shorter side is 1000. */
export interface Canvas {
  width: number;
  height: number;
}

const n = (value: number): string => value.toFixed(1);

/** SVG elements of a landscape: sky, sun or moon, ridges in the haze, then water or trees in front. */
export const drawScene = (canvas: Canvas, random: Random): string => {
  const palette = createPalette(random);
  const horizon = canvas.height * random.between(0.52, 0.66);
  const light = {
    x: canvas.width * random.between(0.2, 0.8),
    y: horizon - random.between(120, 330),
    radius: random.between(45, 95),
  };
  const water = random.chance(0.5);
  return [
    sky(canvas, palette, light),
    palette.night ? stars(canvas, horizon, random) : clouds(canvas, horizon, random),
    ridges(canvas, palette, horizon, random),
    water ? lake(canvas, palette, horizon, light.x, random) : trees(canvas, palette, random),
    birds(palette, light, random),
  ].join('');
};

const sky = ({ width, height }: Canvas, palette: Palette, light: { x: number; y: number; radius: number }): string => {
  const [top, middle, bottom] = palette.sky;
  return `<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/><stop offset=".38" stop-color="${middle}"/><stop offset=".68" stop-color="${bottom}"/></linearGradient>
<radialGradient id="glow"><stop offset="0" stop-color="${palette.light}" stop-opacity=".85"/><stop offset=".35" stop-color="${palette.light}" stop-opacity=".25"/><stop offset="1" stop-color="${palette.light}" stop-opacity="0"/></radialGradient>
</defs><rect width="${n(width)}" height="${n(height)}" fill="url(#sky)"/>
<circle cx="${n(light.x)}" cy="${n(light.y)}" r="${n(light.radius * 5)}" fill="url(#glow)"/>
<circle cx="${n(light.x)}" cy="${n(light.y)}" r="${n(light.radius)}" fill="${palette.light}"/>`;
};

const stars = ({ width }: Canvas, horizon: number, random: Random): string =>
  Array.from({ length: 140 }, () => {
    const y = horizon * random.between(0, 0.85) ** 1.4;
    return `<circle cx="${n(random.between(0, width))}" cy="${n(y)}" r="${n(random.between(0.6, 2.4))}" fill="#fff" fill-opacity="${n(random.between(0.3, 1))}"/>`;
  }).join('');

const clouds = ({ width }: Canvas, horizon: number, random: Random): string =>
  Array.from({ length: 14 }, () => {
    const [x, y] = [random.between(-0.1, 1.1) * width, horizon * random.between(0.12, 0.8)];
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(random.between(90, 330))}" ry="${n(random.between(4, 17))}" fill="#fff" fill-opacity="${random.between(0.08, 0.3).toFixed(2)}"/>`;
  }).join('');

/** A mountain line by midpoint displacement, as heights above the horizon at even distances. */
const ridgeLine = (height: number, roughness: number, random: Random): number[] => {
  let line = [random.between(0, height), random.between(0.4, 1) * height, random.between(0, height)];
  for (let swing = height * 0.6; line.length < 190; swing *= roughness) {
    line = line.flatMap((start, index) => {
      const end = line[index + 1];
      return end === undefined ? [start] : [start, (start + end) / 2 + random.between(-swing, swing)];
    });
  }
  return line;
};

const ridges = ({ width, height }: Canvas, palette: Palette, horizon: number, random: Random): string => {
  const count = 5;
  const roughness = random.between(0.42, 0.55);
  return Array.from({ length: count }, (_, index) => {
    const nearness = index / (count - 1);
    const base = horizon - 30 + (height - horizon) * 0.5 * nearness;
    const line = ridgeLine(random.between(90, 210) * (1 - nearness * 0.55), roughness, random);
    const points = line.map((rise, step) => `${n((width * step) / (line.length - 1))} ${n(base - rise)}`);
    return `<path d="M${points.join('L')}V${n(height)}H0Z" fill="${palette.ridge(nearness * 0.85)}"/>`;
  }).join('');
};

const lake = (canvas: Canvas, palette: Palette, horizon: number, lightX: number, random: Random): string => {
  const { width, height } = canvas;
  const shore = horizon + (height - horizon) * 0.42;
  const glints = Array.from({ length: 60 }, () => {
    const depth = random.between(0, 1);
    const spread = 25 + 200 * depth;
    const x = lightX + random.between(-spread, spread);
    const length = random.between(15, 30 + 100 * depth);
    return `<rect x="${n(x - length / 2)}" y="${n(shore + 6 + (height - shore) * depth)}" width="${n(length)}" height="${n(1.5 + 4 * depth)}" rx="2" fill="${palette.light}" fill-opacity="${random.between(0.2, 0.75).toFixed(2)}"/>`;
  });
  const [deep, , bright] = palette.sky;
  return `<defs><linearGradient id="water" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${bright}"/><stop offset=".55" stop-color="${deep}"/></linearGradient></defs>
<rect y="${n(shore)}" width="${n(width)}" height="${n(height - shore)}" fill="url(#water)"/>${glints.join('')}`;
};

const trees = ({ width, height }: Canvas, palette: Palette, random: Random): string =>
  Array.from({ length: 46 }, () => {
    const x = random.between(0, width);
    // Tall at the sides, low in the middle, so that they frame the view.
    const rise = (60 + 250 * Math.abs(x / width - 0.5) ** 1.3 * 2) * random.between(0.6, 1.15);
    const foot = height * random.between(0.93, 1.02);
    const tiers = [0, 1, 2, 3].map((tier) => {
      const [top, half] = [foot - rise * (1 - tier * 0.2), rise * (0.09 + tier * 0.05)];
      return `M${n(x)} ${n(top)}L${n(x + half)} ${n(top + rise * 0.38)}H${n(x - half)}Z`;
    });
    return `<path d="${tiers.join('')}" fill="${palette.shade}"/>`;
  }).join('');

const birds = (palette: Palette, light: { x: number; y: number }, random: Random): string => {
  if (palette.night) return '';
  return Array.from({ length: 7 }, () => {
    const [x, y, wing] = [
      light.x + random.between(-260, 260),
      light.y + random.between(-130, 90),
      random.between(7, 17),
    ];
    return `<path d="M${n(x - wing)} ${n(y - wing / 2)}Q${n(x - wing / 3)} ${n(y - wing / 2)} ${n(x)} ${n(y)}Q${n(x + wing / 3)} ${n(y - wing / 2)} ${n(x + wing)} ${n(y - wing / 2)}" fill="none" stroke="${palette.shade}" stroke-width="2.2" stroke-linecap="round"/>`;
  }).join('');
};
