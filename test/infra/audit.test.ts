import { describe, expect, it } from 'vitest';
import { granted } from './granted.ts';
import { ofType, synthesise } from './synthesise.ts';

const { stack, resources } = synthesise();

// All that can change or delete an item; a PutItem of the application has the condition that there is none.
const changing = ['BatchWriteItem', 'DeleteItem', 'PartiQLDelete', 'PartiQLUpdate', 'UpdateItem'];

describe('the audit trail', () => {
  it('can be added to by three roles and read by one; no role can change or delete an entry', () => {
    const allowed = [...granted(stack, resources)].flatMap(([principal, atoms]) =>
      atoms.filter((atom) => atom.includes('audit table')).map((atom) => `${principal}: ${atom}`),
    );
    expect(allowed.toSorted()).toEqual([
      'api: dynamodb:PutItem on audit table',
      'api: dynamodb:Query on audit table',
      'caller-token: dynamodb:PutItem on audit table',
      'secret-rotation: dynamodb:PutItem on audit table',
    ]);
  });

  it('refuses changes by anybody else in the account, until somebody takes its policy away', () => {
    const guarded = ofType(resources, 'AWS::DynamoDB::Table').filter(({ Properties }) => Properties['ResourcePolicy']);
    expect(guarded).toEqual([resources['AuditTable']]);
    expect(resources['AuditTable']?.Properties['ResourcePolicy']).toMatchObject({
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Deny',
            Principal: '*',
            Action: expect.arrayContaining(changing.map((action) => `dynamodb:${action}`)),
          },
        ],
      },
    });
  });
});
