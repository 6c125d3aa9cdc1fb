import { ProgressCircle } from '@adobe/react-spectrum/ProgressCircle';

/** Stands where something will be in a moment; says what, to those who do not see it turn. */
export const Loading = ({ label = 'Loading' }: { label?: string }) => (
  <div className="loading">
    <ProgressCircle aria-label={label} isIndeterminate />
  </div>
);
