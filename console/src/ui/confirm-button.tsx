import { AlertDialog } from '@adobe/react-spectrum/AlertDialog';
import { Button } from '@adobe/react-spectrum/Button';
import { DialogContainer } from '@adobe/react-spectrum/DialogContainer';
import { type ReactNode, useState } from 'react';
import { useFirstAnswer } from './first-answer.ts';

/** A button for what cannot be taken back: it asks first. */
export const ConfirmButton = (props: {
  label: string;
  /** Says what will happen. */
  children: ReactNode;
  title: string;
  isDisabled?: boolean;
  isQuiet?: boolean;
  onConfirm(): void;
}) => {
  const { label, children, title, isDisabled, isQuiet = false, onConfirm } = props;
  const [isOpen, setIsOpen] = useState(false);
  const { ask, answer } = useFirstAnswer();
  return (
    <>
      <Button
        variant="negative"
        style={isQuiet ? 'outline' : 'fill'}
        isDisabled={isDisabled}
        onPress={() => {
          ask();
          setIsOpen(true);
        }}
      >
        {label}
      </Button>
      <DialogContainer onDismiss={() => setIsOpen(false)}>
        {isOpen && (
          <AlertDialog
            variant="destructive"
            title={title}
            primaryActionLabel={label}
            cancelLabel="Leave it"
            onPrimaryAction={answer(onConfirm)}
            onCancel={answer(() => {})}
          >
            {children}
          </AlertDialog>
        )}
      </DialogContainer>
    </>
  );
};
