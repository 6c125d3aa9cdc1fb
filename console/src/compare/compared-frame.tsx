import { type ReactNode, useEffect, useRef } from 'react';
import type { View } from '../picture/view-box.ts';
import type { useSharedView } from './use-shared-view.ts';

/** A frame in which one or two pictures lie as the shared view has it. */
export const ComparedFrame = (props: {
  label: string;
  shape: string | undefined;
  shared: ReturnType<typeof useSharedView>;
  children: ReactNode;
}) => {
  const { label, shape, shared, children } = props;
  const frame = useRef<HTMLButtonElement>(null);
  const { anyFrame } = shared;
  const zoomAt = useRef(shared.zoomAt);
  zoomAt.current = shared.zoomAt;
  useEffect(() => {
    const element = frame.current;
    anyFrame.current = element;
    // React listens to the wheel passively, and the page would scroll along.
    const listen = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoomAt.current(Math.exp(-event.deltaY / 400), element, event);
    };
    element?.addEventListener('wheel', listen, { passive: false });
    return () => element?.removeEventListener('wheel', listen);
  }, [anyFrame]);
  return (
    <button
      type="button"
      ref={frame}
      className="compared-frame"
      style={{ aspectRatio: shape }}
      aria-label={`${label}. Plus and minus zoom all pictures, arrow keys move them.`}
      {...shared.handlers}
    >
      {children}
    </button>
  );
};

/** A picture inside of a frame. */
export const ComparedImage = ({ url, view, shownPercent }: { url: string; view: View; shownPercent?: number }) => (
  <span
    className="compared-layer"
    style={shownPercent === undefined ? undefined : { clipPath: `inset(0 ${100 - shownPercent}% 0 0)` }}
  >
    <img
      src={url}
      alt=""
      draggable={false}
      style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}
    />
  </span>
);
