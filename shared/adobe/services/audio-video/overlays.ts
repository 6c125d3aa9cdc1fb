import * as z from 'zod';
import { once } from '../../../once.ts';
import { source } from './fields.ts';

/** A time in a video: hours, minutes, seconds and frames, such as `00:00:05:00`. */
const timecode = once(() =>
  z.string().regex(/^\d{2}:[0-5]\d:[0-5]\d:\d{2,3}$/, { error: 'must be a time such as 00:00:05:00' }),
);

const anchorPoint = once(() => z.enum(['top_left', 'top_right', 'bottom_left', 'bottom_right', 'center']));
const size = once(() => z.strictObject({ width: z.int().min(1), height: z.int().min(1) }));

/** An image over a video (Adobe: `POST /v1/reframe`). */
export const overlay = once(() =>
  z.strictObject({
    source: source(),
    mediaType: z.enum(['image/gif', 'image/png', 'image/jpeg']),
    startTime: timecode(),
    duration: timecode(),
    scale: size(),
    position: z.strictObject({ anchorPoint: anchorPoint(), offsetX: z.int(), offsetY: z.int() }),
    repeat: z.enum(['loop', 'once']).optional(),
  }),
);

/** An image over a video (Adobe: `POST /v2/reframe`, which requires none of the fields). */
export const overlayV2 = once(() =>
  z.strictObject({
    source: source().optional(),
    startTime: timecode().optional(),
    duration: timecode().optional(),
    scale: size().partial().optional(),
    position: z
      .strictObject({
        anchorPoint: anchorPoint().optional(),
        offsetX: z.int().nullish(),
        offsetY: z.int().nullish(),
      })
      .optional(),
    repeat: z.enum(['stop_on_last_frame', 'loop', 'time_stretch']).nullish(),
  }),
);
