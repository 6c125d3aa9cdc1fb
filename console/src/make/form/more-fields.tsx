import { type ReactNode, useEffect, useState } from 'react';

/** Fields that stand aside until somebody wants them. They open by themselves where something is filled in or wrong. */
export const MoreFields = (props: { title: string; isFilled: boolean; hasProblem: boolean; children: ReactNode }) => {
  const { title, isFilled, hasProblem, children } = props;
  const [isOpen, setIsOpen] = useState(isFilled);
  useEffect(() => {
    if (hasProblem) setIsOpen(true);
  }, [hasProblem]);
  return (
    <details className="more" open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>
        {title}
        {isFilled && !isOpen && <span className="filled">filled in</span>}
      </summary>
      {isOpen && <div className="more-fields">{children}</div>}
    </details>
  );
};
