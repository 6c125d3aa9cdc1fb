import { type ReactNode, useEffect, useRef, useState } from 'react';

/**
 * A place that takes a file that is dropped on it, or pasted: into the place with the focus, or into the first of the page while the
 * focus is in none.
 */
export const DropArea = (props: { label: string; onFile(file: File): void; children: ReactNode }) => {
  const { label, onFile, children } = props;
  const [isOver, setIsOver] = useState(false);
  const area = useRef<HTMLElement>(null);
  usePastedFile(area, onFile);
  return (
    <section
      ref={area}
      data-drop
      aria-label={`${label}: drop or paste a file`}
      className={isOver ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined) onFile(file);
      }}
    >
      {children}
    </section>
  );
};

const usePastedFile = (area: { current: HTMLElement | null }, onFile: (file: File) => void) => {
  const take = useRef(onFile);
  take.current = onFile;
  useEffect(() => {
    const listen = (event: ClipboardEvent) => {
      const [file] = event.clipboardData?.files ?? [];
      const focused = document.activeElement?.closest('[data-drop]') ?? document.querySelector('[data-drop]');
      if (file === undefined || focused !== area.current || document.querySelector('[role="dialog"]')) return;
      event.preventDefault();
      take.current(file);
    };
    document.addEventListener('paste', listen);
    return () => document.removeEventListener('paste', listen);
  }, [area]);
};
