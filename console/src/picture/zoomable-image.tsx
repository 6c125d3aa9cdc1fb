import { type KeyboardEvent, type MouseEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { JobOutput } from '../api/jobs.ts';
import { fitView, moveView, type View, zoomView } from './view-box.ts';

/** Stands where a file should be seen. */
export const brokenText = 'The browser cannot show this file. It can still be downloaded.';

const keyZoom = 1.4;
const clickZoom = 2.5;
const keyMove = 60;

/** A picture that can be looked at closely: a click, the wheel with Ctrl, buttons or `+`, `-` and `0` zoom; dragging or the arrow keys move it. */
export const ZoomableImage = (props: {
  src: string;
  name: string;
  output: JobOutput;
  isBroken: boolean;
  onError: () => void;
}) => {
  const { src, name, output, isBroken, onError } = props;
  const box = useRef<HTMLButtonElement>(null);
  const [view, setView] = useState<View>(fitView);
  const wasDragged = useRef(false);
  const drag = useRef<{ x: number; y: number } | undefined>(undefined);
  const zoom = (factor: number, at = { x: 0, y: 0 }) =>
    setView((known) => zoomView(known, factor, at, sizeOf(box.current)));
  const move = (x: number, y: number) => setView((known) => moveView(known, { x, y }, sizeOf(box.current)));
  useWheel(box, (event) => zoom(Math.exp(-event.deltaY / 400), fromMiddle(box.current, event)));
  const isZoomed = view.scale > 1;
  const keys: Readonly<Record<string, () => void>> = {
    '+': () => zoom(keyZoom),
    '=': () => zoom(keyZoom),
    '-': () => zoom(1 / keyZoom),
    '0': () => setView(fitView),
    ...(isZoomed && {
      ArrowLeft: () => move(keyMove, 0),
      ArrowRight: () => move(-keyMove, 0),
      ArrowUp: () => move(0, keyMove),
      ArrowDown: () => move(0, -keyMove),
    }),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (action === undefined) return;
    event.preventDefault();
    event.nativeEvent.stopImmediatePropagation();
    action();
  };
  const onClick = (event: MouseEvent) => {
    if (wasDragged.current) return;
    // A key clicks at no place.
    if (isZoomed) setView(fitView);
    else zoom(clickZoom, event.detail === 0 ? undefined : fromMiddle(box.current, event));
  };
  const onPointerMove = (event: PointerEvent) => {
    if (drag.current === undefined) return;
    wasDragged.current = true;
    move(event.clientX - drag.current.x, event.clientY - drag.current.y);
    drag.current = { x: event.clientX, y: event.clientY };
  };
  const endDrag = () => {
    drag.current = undefined;
  };
  return (
    <div className="viewer">
      <button
        type="button"
        className="zoomable"
        style={{ aspectRatio: readShape(output) }}
        ref={box}
        aria-label={`${name.slice(0, 1_000)}. Plus and minus zoom, arrow keys move.`}
        aria-pressed={isZoomed}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onPointerDown={(event) => {
          wasDragged.current = false;
          if (!isZoomed || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={onPointerMove}
        onPointerUp={endDrag}
        onPointerCancel={endDrag}
      >
        <img
          src={src}
          alt=""
          draggable={false}
          style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
          onError={onError}
        />
        {isBroken && <span className="broken">{brokenText}</span>}
      </button>
      <div className="zoom-buttons" role="toolbar" aria-label="Zoom">
        <button type="button" onClick={() => zoom(1 / keyZoom)} aria-label="Zoom out" disabled={!isZoomed}>
          −
        </button>
        <output aria-label="Zoom">{Math.round(view.scale * 100)} %</output>
        <button type="button" onClick={() => zoom(keyZoom)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => setView(fitView)} disabled={!isZoomed}>
          Fit
        </button>
      </div>
    </div>
  );
};

/** The frame has the shape of the picture, as far as the screen has room. */
const readShape = ({ width, height }: JobOutput): string | undefined =>
  width === undefined || height === undefined ? undefined : `${width} / ${height}`;

const fromMiddle = (
  element: HTMLElement | null,
  at: { clientX: number; clientY: number },
): { x: number; y: number } => {
  const { left, top, width, height } = element?.getBoundingClientRect() ?? new DOMRect();
  return { x: at.clientX - left - width / 2, y: at.clientY - top - height / 2 };
};

const sizeOf = (element: HTMLElement | null): { width: number; height: number } => ({
  width: element?.clientWidth ?? 0,
  height: element?.clientHeight ?? 0,
});

// React listens to the wheel passively, and the page would scroll along.
const useWheel = (box: { current: HTMLElement | null }, onWheel: (event: globalThis.WheelEvent) => void) => {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = box.current;
    const listen = (event: globalThis.WheelEvent) => {
      // Without a modifier the wheel scrolls the page, as everywhere.
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      latest.current(event);
    };
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [box]);
};
