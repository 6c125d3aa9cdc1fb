import { useEffect, useRef, useState } from 'react';
import type { PlottedUsage } from './draw-plot.ts';

/** Usage as bars: of each day, or of what has the most. The table below it says the same. */
export const UsagePlot = ({ usage, by, measure, unit }: PlottedUsage) => {
  const box = useRef<HTMLDivElement>(null);
  const [isBroken, setIsBroken] = useState(false);
  useEffect(() => {
    let isGone = false;
    let remove: (() => void) | undefined;
    import('./draw-plot.ts')
      .then(({ drawPlot }) => {
        if (!isGone && box.current !== null) remove = drawPlot(box.current, { usage, by, measure, unit });
      })
      .catch(() => setIsBroken(true));
    return () => {
      isGone = true;
      remove?.();
    };
  }, [usage, by, measure, unit]);
  if (isBroken) return <p>The plot cannot be drawn in this browser; the table has all of it.</p>;
  return <div ref={box} className="plot" aria-hidden="true" />;
};
