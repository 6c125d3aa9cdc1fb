import { expect } from 'vitest';
import { manifestKey, thumbnailKey, thumbnailWidths } from '#shared/deployment/bucket.ts';
import { drawPicture } from '#test/fixtures/pictures.ts';
import { type CrashPoint, Died, type Rig } from './rig.ts';

/** The effects of inspecting one output of a job whose job.json is there. */
export const effectsOfInspection = [
  // Room for inspections in the record, and that this one begins.
  'UpdateItem',
  'UpdateItem',
  ...thumbnailWidths.map(() => 'PutObject'),
  // What was found, in the record and in job.json; the event.
  'UpdateItem',
  'PutObject',
  'PutEvents',
];

/** Kills the first execution at a point, and looks at what the next one leaves: what one leaves that lives. */
export const survive = async (rig: Rig, point: CrashPoint): Promise<void> => {
  const job = await rig.store([await drawPicture('png')]);
  const [{ key } = { key: '' }] = job.outputs;
  const event = rig.created(key);
  const begun = rig.effects.length;
  rig.crashAt(point);
  await expect(rig.run(event)).rejects.toThrow(Died);
  expect(rig.effects.slice(begun)).toEqual(
    effectsOfInspection.slice(0, point.index + (point.when === 'after' ? 1 : 0)),
  );
  rig.crashAt(undefined);
  // Lambda starts it again.
  await rig.run(event);

  const { inspections } = await rig.job(job.jobId);
  expect(inspections?.['output0']).toMatchObject({ thumbnail: 'made', width: 64, provenance: { state: 'none' } });
  expect((await rig.keys(`thumbnails/${key}/`)).sort()).toEqual(
    thumbnailWidths.map((width) => thumbnailKey({ key }, width)).sort(),
  );
  const { outputs } = JSON.parse((await rig.read(manifestKey(job))).toString());
  expect(outputs[0]).toMatchObject({ key, width: 64, provenance: { state: 'none' } });
  const events = rig.events.filter(({ detail }) => detail['jobId'] === job.jobId);
  // At least once: twice only where it died between the event and its own end.
  expect(events.length).toBe(point.when === 'after' && point.index === effectsOfInspection.length - 1 ? 2 : 1);
};
