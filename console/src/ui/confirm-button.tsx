import { AlertDialog } from '@adobe/react-spectrum/AlertDialog';
import { Button } from '@adobe/react-spectrum/Button';
import { DialogTrigger } from '@adobe/react-spectrum/DialogTrigger';
import type { ReactNode } from 'react';

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
  return (
    <DialogTrigger>
      <Button variant="negative" style={isQuiet ? 'outline' : 'fill'} isDisabled={isDisabled}>
        {label}
      </Button>
      <AlertDialog
        variant="destructive"
        title={title}
        primaryActionLabel={label}
        cancelLabel="Leave it"
        onPrimaryAction={onConfirm}
      >
        {children}
      </AlertDialog>
    </DialogTrigger>
  );
};
