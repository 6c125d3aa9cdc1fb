/** A file cannot be taken as a whole; the message says why, without anything of its content. */
export class RefusedFileError extends Error {
  override readonly name = 'RefusedFileError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
