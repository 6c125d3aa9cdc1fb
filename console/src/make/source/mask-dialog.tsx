import { ActionButton } from '@adobe/react-spectrum/ActionButton';
import { Button } from '@adobe/react-spectrum/Button';
import { ButtonGroup } from '@adobe/react-spectrum/ButtonGroup';
import { Content } from '@adobe/react-spectrum/Content';
import { Dialog } from '@adobe/react-spectrum/Dialog';
import { useDialogContainer } from '@adobe/react-spectrum/DialogContainer';
import { Divider } from '@adobe/react-spectrum/Divider';
import { Heading } from '@adobe/react-spectrum/Heading';
import { Slider } from '@adobe/react-spectrum/Slider';
import { ToggleButton } from '@adobe/react-spectrum/ToggleButton';
import { useState } from 'react';
import { MaskCanvas } from './mask-canvas.tsx';
import { renderMask } from './mask-drawing.ts';
import { addStroke, emptyPainting, type Painting, redoStroke, undoStroke } from './mask-strokes.ts';
import type { Preview } from './previews.ts';

/** Where a mask is painted over its image. What is painted is changed, everything else is kept. */
export const MaskDialog = ({ image, onDone }: { image: Preview; onDone(mask: Blob): void }) => {
  const [painting, setPainting] = useState<Painting>(emptyPainting);
  const [brushPercent, setBrushPercent] = useState(8);
  const [isErasing, setIsErasing] = useState(false);
  const { dismiss } = useDialogContainer();
  const brush = Math.max(1, Math.round((brushPercent / 100) * Math.max(image.width, image.height)));
  return (
    <Dialog size="L">
      <Heading>Paint what is to be changed</Heading>
      <Divider />
      <Content>
        <div className="mask-tools">
          <Slider label="Brush" minValue={1} maxValue={40} value={brushPercent} onChange={setBrushPercent} />
          <ToggleButton isSelected={isErasing} onChange={setIsErasing}>
            Erase
          </ToggleButton>
          <ActionButton isDisabled={painting.strokes.length === 0} onPress={() => setPainting(undoStroke)}>
            Undo
          </ActionButton>
          <ActionButton isDisabled={painting.undone.length === 0} onPress={() => setPainting(redoStroke)}>
            Redo
          </ActionButton>
          <ActionButton isDisabled={painting.strokes.length === 0} onPress={() => setPainting(emptyPainting)}>
            Clear
          </ActionButton>
        </div>
        <MaskCanvas
          image={image}
          painting={painting}
          brush={brush}
          isErasing={isErasing}
          onStroke={(stroke) => setPainting((before) => addStroke(before, stroke))}
        />
        <p className="hint">
          With the keyboard: the arrows move the brush, with Shift in small steps, and the space bar paints.
        </p>
      </Content>
      <ButtonGroup>
        <Button variant="secondary" onPress={dismiss}>
          Cancel
        </Button>
        <Button
          variant="accent"
          isDisabled={painting.strokes.length === 0}
          onPress={async () => onDone(await renderMask(painting, image))}
        >
          Use this mask
        </Button>
      </ButtonGroup>
    </Dialog>
  );
};
