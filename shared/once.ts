/**
 * Puts something off until it is first asked for, and makes it once: what a module makes when it is loaded makes every start of a function
 * longer, also where it is not needed.
 */
export const once = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};
