/** What can change or delete an item of the audit trail; a conditional PutItem cannot. Nobody may, administrators included. */
export const refusedForAudit: readonly string[] = [
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
  'dynamodb:PartiQLUpdate',
  'dynamodb:PartiQLDelete',
];

/** What nobody may do with the event bus but the roles that announce, also those whose own policy allows every bus. */
export const announcersOnly = (roleArns: readonly string[]) =>
  ({
    actions: ['events:PutEvents'],
    conditions: { ArnNotEquals: { 'aws:PrincipalArn': roleArns } },
  }) as const;

/** The functions that announce: ends, and thumbnail its inspections. */
export const announcers = ['api', 'dispatch', 'generate', 'inbox', 'thumbnail'] as const;
