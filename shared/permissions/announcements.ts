import { eventSource } from '../events/announcer.ts';
import { batchEndedEvent } from '../events/batch-ended.ts';
import { budgetThresholdReachedEvent } from '../events/budget-threshold-reached.ts';
import { jobEndedEvent } from '../events/job-ended.ts';
import { outputInspectedEvent } from '../events/output-inspected.ts';
import { allow, type Permission } from './permission.ts';

/** What webhooks are told of. */
export const ends: readonly string[] = [jobEndedEvent, batchEndedEvent, budgetThresholdReachedEvent];

const announce = (eventBus: string, detailTypes: readonly string[]): Permission =>
  allow(['events:PutEvents'], [eventBus], {
    StringEquals: { 'events:source': eventSource, 'events:detail-type': detailTypes },
  });

/** Announces ends, and puts nothing else on the bus. */
export const announceEnds = (eventBus: string): Permission => announce(eventBus, ends);

/** Announces outputs that were inspected, and puts nothing else on the bus. */
export const announceInspections = (eventBus: string): Permission => announce(eventBus, [outputInspectedEvent]);
