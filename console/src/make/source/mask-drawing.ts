import type { Painting, Stroke } from './mask-strokes.ts';

/** A canvas' drawing, of the page or of a worker. */
type Drawing = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/**
 * Draws strokes.
 *
 * @param scale pixels of the drawing for a pixel of the image
 * @param colour of what is painted; what is erased is as it was before
 */
export const drawStrokes = (drawing: Drawing, strokes: readonly Stroke[], scale: number, colour: string): void => {
  drawing.lineCap = 'round';
  drawing.lineJoin = 'round';
  for (const { points, size, isErasing } of strokes) {
    const [first, ...rest] = points;
    if (first === undefined) continue;
    drawing.globalCompositeOperation = isErasing ? 'destination-out' : 'source-over';
    drawing.strokeStyle = colour;
    drawing.lineWidth = size * scale;
    drawing.beginPath();
    drawing.moveTo(first.x * scale, first.y * scale);
    // A line to where it began is no line: a dot is one that ends a little beside.
    for (const { x, y } of rest.length === 0 ? [{ x: first.x + 0.1, y: first.y }] : rest) {
      drawing.lineTo(x * scale, y * scale);
    }
    drawing.stroke();
  }
  drawing.globalCompositeOperation = 'source-over';
};

/** The mask as a PNG of the image's size: white is changed, black is kept (Adobe: masks of fill and composites). */
export const renderMask = async (
  { strokes }: Painting,
  { width, height }: { width: number; height: number },
): Promise<Blob> => {
  const painted = new OffscreenCanvas(width, height);
  const mask = new OffscreenCanvas(width, height);
  const [above, below] = [painted.getContext('2d'), mask.getContext('2d')];
  if (above === null || below === null) throw new Error('The browser cannot draw');
  drawStrokes(above, strokes, 1, '#fff');
  below.fillStyle = '#000';
  below.fillRect(0, 0, width, height);
  below.drawImage(painted, 0, 0);
  return mask.convertToBlob({ type: 'image/png' });
};
