/** How many requests Adobe takes within any span of so many seconds, counted by their arrival. */
export interface RequestWindow {
  seconds: number;
  /** Adobe answers 429 to more. */
  hard: number;
  /** The rate that Adobe asks its clients to keep, where it names one: "may slow or refuse above it". */
  soft?: number;
}
