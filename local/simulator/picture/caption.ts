import type { Canvas } from './scene.ts';

const fontSize = 30;
const lineHeight = 40;
const maxLines = 3;
// Letters of a sans-serif font are a little over half as wide as high; those of East Asian scripts are square.
const letterWidth = 0.56 * fontSize;
const widthOf = (character: string): number => ((character.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1) * letterWidth;

// Strokes on a grid 4 wide and 6 high: the mark must be there whatever fonts the machine has.
const letters: Record<string, string> = {
  S: 'M4 1L3 0H1L0 1V2L1 3H3L4 4V5L3 6H1L0 5',
  I: 'M2 0V6',
  M: 'M0 6V0L2 3L4 0V6',
  U: 'M0 0V5L1 6H3L4 5V0',
  L: 'M0 0V6H4',
  A: 'M0 6L2 0L4 6M.7 4H3.3',
  T: 'M0 0H4M2 0V6',
  E: 'M4 0H0V6H4M0 3H3',
  D: 'M0 0V6H2.5L4 4.5V1.5L2.5 0Z',
};

/** The text with the characters that XML reserves replaced, and those that it forbids removed. */
export const escapeXml = (text: string): string =>
  [...text.toWellFormed()]
    .filter((character) => character >= ' ' && character !== '\ufffe' && character !== '\uffff')
    .join('')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * Breaks a text into lines at spaces, and a word that is longer than a line within it.
 *
 * @param width in the units of the drawing
 */
export const wrapText = (text: string, width: number, lines: number): string[] => {
  const wrapped: string[] = [];
  let line = '';
  let used = 0;
  for (const character of text.replace(/\s+/g, ' ').trim()) {
    if (used + widthOf(character) > width && line !== '') {
      const space = line.lastIndexOf(' ');
      const cut = space > line.length / 2 && character !== ' ' ? space : line.length;
      wrapped.push(line.slice(0, cut).trimEnd());
      line = line.slice(cut).trimStart();
      used = [...line].reduce((sum, kept) => sum + widthOf(kept), 0);
    }
    if (line === '' && character === ' ') continue;
    line += character;
    used += widthOf(character);
  }
  wrapped.push(line);
  return wrapped.length <= lines ? wrapped : [...wrapped.slice(0, lines - 1), `${wrapped[lines - 1]}…`];
};

/** SVG elements over a scene: the mark SIMULATED at the top, prompt and seed in a panel at the bottom. */
export const drawCaption = ({ width, height }: Canvas, prompt: string, seed: number): string => {
  const lines = wrapText(prompt, width - 140, maxLines);
  const panelHeight = lines.length * lineHeight + 68;
  const top = height - 30 - panelHeight;
  const text = (content: string, y: number, size: number, opacity: number) =>
    `<text x="62" y="${y.toFixed(1)}" font-size="${size}" fill="#fff" fill-opacity="${opacity}">${escapeXml(content)}</text>`;
  return `${simulatedMark()}
<rect x="30" y="${top.toFixed(1)}" width="${(width - 60).toFixed(1)}" height="${panelHeight}" rx="18" fill="#0b0d17" fill-opacity=".58"/>
<g font-family="Inter, Helvetica, Arial, 'DejaVu Sans', sans-serif">
${lines.map((line, index) => text(line, top + 46 + index * lineHeight, fontSize, 1)).join('')}
${text(`seed ${seed}`, top + panelHeight - 20, 19, 0.7)}</g>`;
};

const simulatedMark = (): string => {
  const strokes = [...'SIMULATED'].map(
    (letter, index) => `<path transform="translate(${index * 6.2} 0)" d="${letters[letter]}"/>`,
  );
  return `<rect x="30" y="30" width="270" height="62" rx="31" fill="#0b0d17" fill-opacity=".58"/>
<g transform="translate(58 48) scale(4 4.3)" fill="none" stroke="#fff" stroke-width=".85" stroke-linecap="round" stroke-linejoin="round">${strokes.join('')}</g>`;
};
