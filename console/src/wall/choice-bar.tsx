import { Button } from '@adobe/react-spectrum/Button';
import { useNavigate } from 'react-router';
import { compareAddress, maxCompared } from '../ui/addresses.ts';
import { showNumber } from '../ui/words.ts';
import type { Choice } from './choice.ts';

/** How many pictures are chosen, and the way to see them side by side. */
export const ChoiceBar = ({ choice, onEnd }: { choice: Choice; onEnd: () => void }) => {
  const navigate = useNavigate();
  const { pictures, isFull } = choice;
  return (
    <section className="choice-bar" aria-label="Compare pictures">
      <span role="status">
        {pictures.length === 0
          ? `Choose two to ${showNumber(maxCompared)} pictures`
          : `${showNumber(pictures.length)} of ${showNumber(maxCompared)} chosen${isFull ? ', which is all that can be compared' : ''}`}
      </span>
      <span className="choice-actions">
        <Button variant="secondary" onPress={onEnd}>
          Stop choosing
        </Button>
        <Button
          variant="accent"
          isDisabled={pictures.length < 2}
          onPress={() => void navigate(compareAddress(pictures))}
        >
          Compare
        </Button>
      </span>
    </section>
  );
};
