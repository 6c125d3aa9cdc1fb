/** A point of the image, in its pixels. */
export interface Point {
  x: number;
  y: number;
}

/** One movement of the brush. */
export interface Stroke {
  points: readonly Point[];
  /** Diameter in pixels of the image. */
  size: number;
  isErasing: boolean;
}

/** What was painted, and what was taken back and can come again. */
export interface Painting {
  strokes: readonly Stroke[];
  undone: readonly Stroke[];
}

/** Nothing is painted. */
export const emptyPainting: Painting = { strokes: [], undone: [] };

/** With one more stroke; what had been taken back is gone. */
export const addStroke = ({ strokes }: Painting, stroke: Stroke): Painting => ({
  strokes: [...strokes, stroke],
  undone: [],
});

/** Without the last stroke. */
export const undoStroke = ({ strokes, undone }: Painting): Painting => {
  const last = strokes.at(-1);
  return last === undefined ? { strokes, undone } : { strokes: strokes.slice(0, -1), undone: [...undone, last] };
};

/** With the stroke that was taken back last. */
export const redoStroke = ({ strokes, undone }: Painting): Painting => {
  const last = undone.at(-1);
  return last === undefined ? { strokes, undone } : { strokes: [...strokes, last], undone: undone.slice(0, -1) };
};
