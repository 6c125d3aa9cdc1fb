// The part of dynalite's parsers, made by PEG.js, that is used here.
declare module 'dynalite/db/*Parser.js' {
  import type { Parser } from './dynamodb-expressions.ts';

  const parser: Parser;
  export default parser;
}
