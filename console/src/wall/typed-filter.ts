import { useEffect, useRef, useState } from 'react';

const pauseMs = 350;

/** A filter that is typed: it takes effect after a pause, and follows the address when that changes from elsewhere. */
export const useTypedFilter = (current: string, set: (value: string) => void) => {
  const [value, setValue] = useState(current);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const sent = useRef(current);
  useEffect(() => {
    if (current !== sent.current) {
      sent.current = current;
      setValue(current);
    }
  }, [current]);
  useEffect(() => () => clearTimeout(timer.current), []);
  return {
    value,
    onChange: (typed: string) => {
      setValue(typed);
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        sent.current = typed.trim();
        set(typed.trim());
      }, pauseMs);
    },
  };
};
