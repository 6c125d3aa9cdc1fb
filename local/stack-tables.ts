import {
  auditTable,
  callerTable,
  jobTable,
  rotationTable,
  type TableDefinition,
  webhookTable,
} from '#shared/deployment/tables.ts';
import { stackNames } from './stack-settings.ts';

/** The tables of the stack by their names. */
export const stackTables: Readonly<Record<string, TableDefinition>> = {
  [stackNames.table]: jobTable,
  [stackNames.rotationTable]: rotationTable,
  [stackNames.webhookTable]: webhookTable,
  [stackNames.callerTable]: callerTable,
  [stackNames.auditTable]: auditTable,
};
