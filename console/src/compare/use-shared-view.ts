import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { fitView, moveView, type View, zoomView } from '../picture/view-box.ts';

const keyZoom = 1.4;
const keyMove = 60;

interface Place {
  clientX: number;
  clientY: number;
}

/** One zoom and one position for all pictures, moved by mouse, touch or keyboard on any of them. */
export const useSharedView = () => {
  const [view, setView] = useState<View>(fitView);
  // The frames are of one size: any of them says how large.
  const anyFrame = useRef<HTMLElement>(null);
  const pointers = useRef(new Map<number, Place>());
  const zoom = (factor: number, frame = anyFrame.current, at?: Place) =>
    setView((known) =>
      zoomView(known, factor, at === undefined ? { x: 0, y: 0 } : fromMiddle(frame, at), sizeOf(frame)),
    );
  const move = (x: number, y: number, frame: HTMLElement) =>
    setView((known) => moveView(known, { x, y }, sizeOf(frame)));

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const frame = event.currentTarget;
    const actions: Readonly<Record<string, () => void>> = {
      '+': () => zoom(keyZoom, frame),
      '=': () => zoom(keyZoom, frame),
      '-': () => zoom(1 / keyZoom, frame),
      '0': () => setView(fitView),
      ArrowLeft: () => move(keyMove, 0, frame),
      ArrowRight: () => move(-keyMove, 0, frame),
      ArrowUp: () => move(0, keyMove, frame),
      ArrowDown: () => move(0, -keyMove, frame),
    };
    const action = event.ctrlKey || event.metaKey || event.altKey ? undefined : actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    pointers.current.set(event.pointerId, { clientX: event.clientX, clientY: event.clientY });
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    const before = pointers.current.get(event.pointerId);
    if (before === undefined) return;
    const now = { clientX: event.clientX, clientY: event.clientY };
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
    pointers.current.set(event.pointerId, now);
    if (other === undefined) move(now.clientX - before.clientX, now.clientY - before.clientY, event.currentTarget);
    // Two fingers: closer by as much as they have moved apart, about the middle between them.
    else zoom(distance(now, other) / Math.max(1, distance(before, other)), event.currentTarget, middle(now, other));
  };
  const onPointerUp = (event: PointerEvent<HTMLElement>) => {
    pointers.current.delete(event.pointerId);
  };
  return {
    view,
    anyFrame,
    zoomIn: () => zoom(keyZoom),
    zoomOut: () => zoom(1 / keyZoom),
    fit: () => setView(fitView),
    zoomAt: zoom,
    handlers: { onKeyDown, onPointerDown, onPointerMove, onPointerUp, onPointerCancel: onPointerUp },
  };
};

const distance = (one: Place, other: Place): number =>
  Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);

const middle = (one: Place, other: Place): Place => ({
  clientX: (one.clientX + other.clientX) / 2,
  clientY: (one.clientY + other.clientY) / 2,
});

const fromMiddle = (frame: HTMLElement | null, { clientX, clientY }: Place): { x: number; y: number } => {
  const { left, top, width, height } = frame?.getBoundingClientRect() ?? new DOMRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
};

const sizeOf = (frame: HTMLElement | null): { width: number; height: number } => ({
  width: frame?.clientWidth ?? 0,
  height: frame?.clientHeight ?? 0,
});
