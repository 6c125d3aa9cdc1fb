import * as z from 'zod';
import { once } from '../once.ts';

/** EventBridge `source` of the gateway's events; which gateway it is stands in their `detail`. */
export const eventSource = 'firefly-gateway';

/** The gateway that announces an end. Stages of one account announce in the same form, and only this tells them apart. */
export interface Announcer {
  stackName: string;
  /** Its own URL, to which the addresses in events lead; without a slash at its end. */
  gatewayUrl: string;
}

/** The announcer in the content of an event. */
export const announcer = once(() => z.string().meta({ description: 'Name of the stack that announces it' }));
