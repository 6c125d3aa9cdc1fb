/** Why an input cannot be used. */
export type InputProblem = 'forbidden' | 'not_found' | 'not_ready' | 'wrong_type' | 'too_large' | 'too_many';

/** An input that the caller may not use, or that Adobe could not. The message may be shown to the caller. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problem: InputProblem;

  /** @param problem what is wrong with it */
  constructor(problem: InputProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
