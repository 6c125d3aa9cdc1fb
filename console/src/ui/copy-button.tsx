import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { useEffect, useState } from 'react';

const thanksMs = 2_000;

/** Puts a text on the clipboard, and says whether that worked. */
export const CopyButton = ({ text, what }: { text: string; what: string }) => {
  const [outcome, setOutcome] = useState<'copied' | 'refused'>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), thanksMs);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  return (
    <>
      <ActionButton aria-label={`Copy ${what}`} onPress={copy}>
        Copy
      </ActionButton>{' '}
      <span role="status" className="quiet">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser does not allow it: select the text and copy it.'}
      </span>
    </>
  );
};
