import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { drawStrokes } from './mask-drawing.ts';
import type { Painting, Point, Stroke } from './mask-strokes.ts';
import type { Preview } from './previews.ts';

const canvasPixels = 900;
const paintColour = '#ff3b7f';

/** The image with what is painted over it, by pointer or by keyboard. */
export const MaskCanvas = (props: {
  image: Preview;
  painting: Painting;
  /** Diameter in pixels of the image. */
  brush: number;
  isErasing: boolean;
  onStroke(stroke: Stroke): void;
}) => {
  const { image, painting, brush, isErasing, onStroke } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [current, setCurrent] = useState<readonly Point[]>([]);
  const [cursor, setCursor] = useState<Point>({ x: image.width / 2, y: image.height / 2 });
  const scale = Math.min(1, canvasPixels / Math.max(image.width, image.height));

  useEffect(() => {
    const drawing = canvas.current?.getContext('2d');
    if (!drawing || canvas.current === null) return;
    drawing.clearRect(0, 0, canvas.current.width, canvas.current.height);
    drawStrokes(drawing, [...painting.strokes, { points: current, size: brush, isErasing }], scale, paintColour);
  }, [painting, current, brush, isErasing, scale]);

  const locate = (event: PointerEvent<HTMLElement>): Point => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return {
      x: ((event.clientX - left) / width) * image.width,
      y: ((event.clientY - top) / height) * image.height,
    };
  };
  const finish = () => {
    if (current.length > 0) onStroke({ points: current, size: brush, isErasing });
    setCurrent([]);
  };
  const move = (event: KeyboardEvent) => {
    const direction = directions[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    const step = Math.max(1, event.shiftKey ? brush / 8 : brush / 2);
    const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
    setCursor(({ x, y }) => ({
      x: clamp(x + direction[0] * step, image.width),
      y: clamp(y + direction[1] * step, image.height),
    }));
  };
  const percent = (value: number, whole: number) => `${(value / whole) * 100}%`;
  return (
    <div className="mask" style={{ aspectRatio: `${image.width} / ${image.height}` }}>
      <img src={image.url} alt="" draggable={false} />
      <canvas ref={canvas} width={Math.round(image.width * scale)} height={Math.round(image.height * scale)} />
      <button
        type="button"
        aria-label={`Paint. ${painting.strokes.length} strokes, brush at ${Math.round(cursor.x)}, ${Math.round(cursor.y)}`}
        onKeyDown={move}
        onClick={(event) => {
          // The pointer has painted already; a click of the keyboard, or of a screen reader, paints where the brush is.
          if (event.detail === 0) onStroke({ points: [cursor], size: brush, isErasing });
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setCurrent([locate(event)]);
        }}
        onPointerMove={(event) => {
          const point = locate(event);
          setCursor(point);
          if (current.length > 0) setCurrent([...current, point]);
        }}
        onPointerUp={finish}
        onPointerCancel={finish}
      />
      <span
        className={isErasing ? 'brush brush-erasing' : 'brush'}
        style={{
          left: percent(cursor.x, image.width),
          top: percent(cursor.y, image.height),
          width: percent(brush, image.width),
        }}
      />
    </div>
  );
};

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
