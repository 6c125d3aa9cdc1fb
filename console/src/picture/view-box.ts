/** How a picture lies in its frame: scaled about its middle, then moved by CSS pixels. At scale 1 all of it is seen. */
export interface View {
  scale: number;
  x: number;
  y: number;
}

interface Point {
  x: number;
  y: number;
}

interface Size {
  width: number;
  height: number;
}

const maxScale = 16;

/** All of the picture. */
export const fitView: View = { scale: 1, x: 0, y: 0 };

/**
 * The view closer by a factor, with the point below the pointer where it was.
 *
 * @param at the point, from the middle of the frame
 */
export const zoomView = (view: View, factor: number, at: Point, frame: Size): View => {
  const scale = Math.min(maxScale, Math.max(1, view.scale * factor));
  const change = scale / view.scale;
  return keepInFrame({ scale, x: at.x - (at.x - view.x) * change, y: at.y - (at.y - view.y) * change }, frame);
};

/** The view moved; the picture never leaves its frame. */
export const moveView = (view: View, by: Point, frame: Size): View =>
  keepInFrame({ ...view, x: view.x + by.x, y: view.y + by.y }, frame);

const keepInFrame = ({ scale, x, y }: View, { width, height }: Size): View => {
  const limit = (value: number, length: number) => {
    const room = (length * (scale - 1)) / 2;
    return Math.min(room, Math.max(-room, value));
  };
  return { scale, x: limit(x, width), y: limit(y, height) };
};
