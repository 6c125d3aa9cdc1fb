import { useRef } from 'react';

/**
 * The first press of a button of a dialog counts: while the dialog fades, its buttons still take presses, and a second one would do twice
 * what cannot be taken back, or do it after all.
 */
export const useFirstAnswer = () => {
  const isAnswered = useRef(false);
  return {
    /** To be called when the question is asked, again too. */
    ask: () => {
      isAnswered.current = false;
    },
    /** Makes what a button of the dialog does of what its answer means. */
    answer: (act: () => void) => () => {
      if (isAnswered.current) return;
      isAnswered.current = true;
      act();
    },
  };
};
