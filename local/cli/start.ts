/** Begins `npm start`: first with settings of the process that need little memory, then everything else. */
import { restartLean } from '../lean-process.ts';

restartLean();
await import('./run-gateway.ts');
