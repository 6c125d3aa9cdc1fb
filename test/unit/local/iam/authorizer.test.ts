import { describe, expect, it } from 'vitest';
import { createAuthorizer, type Decision } from '#local/iam/authorizer.ts';
import type { Access, Statement } from '#local/iam/statements.ts';

const table = 'arn:aws:dynamodb:us-east-1:000000000000:table/jobs';
const arn = 'arn:aws:iam::000000000000:role/reader';
const get: Access = { action: 'dynamodb:GetItem', resource: table };

const identityOf = (statements: Statement[]) => ({
  name: 'reader',
  arn,
  accessKeyId: 'KEY',
  secretAccessKey: 'secret',
  statements,
});

const authorizerOf = (own: Statement[], ofTable: Statement[] = [], decisions?: Decision[]) =>
  createAuthorizer(
    { identities: [identityOf(own)], resourcePolicies: { [table]: ofTable }, isRecorded: decisions !== undefined },
    (decision) => decisions?.push(decision),
  );

const decide = (own: Statement[], ofTable: Statement[] = [], access = get): string | undefined =>
  authorizerOf(own, ofTable).findDenial('KEY', [access]);

const allow = (statement: Partial<Statement> = {}): Statement => ({
  Effect: 'Allow',
  Action: 'dynamodb:GetItem',
  Resource: table,
  ...statement,
});

// "Policy evaluation logic" in the IAM user guide, for requests within one account.
describe('the decision', () => {
  it('is no, until a statement allows it', () => {
    expect(decide([])).toBe(
      `User: arn:aws:sts::000000000000:assumed-role/reader/reader is not authorized to perform: dynamodb:GetItem on resource: ${table} because no identity-based policy allows the dynamodb:GetItem action`,
    );
    expect(decide([allow()])).toBeUndefined();
  });

  it('is no by an explicit Deny, whatever else allows it', () => {
    expect(decide([allow(), allow({ Effect: 'Deny', Action: '*', Resource: '*' })])).toContain(
      'with an explicit deny in an identity-based policy',
    );
    expect(decide([allow()], [allow({ Effect: 'Deny', Principal: '*', Resource: '*' })])).toContain(
      'with an explicit deny in a resource-based policy',
    );
  });

  it('is yes by the policy of the resource alone, for whom that names', () => {
    expect(decide([], [allow({ Principal: { AWS: arn, Service: [] } })])).toBeUndefined();
    expect(decide([], [allow({ Principal: { AWS: `${arn}2`, Service: [] } })])).toContain('no identity-based policy');
  });

  it.each<[Partial<Statement>, boolean]>([
    [{ Action: 'dynamodb:*' }, true],
    [{ Action: 'DynamoDB:getitem' }, true],
    [{ Action: 'dynamodb:Get' }, false],
    [{ Action: undefined, NotAction: 'dynamodb:PutItem' }, true],
    [{ Action: undefined, NotAction: ['dynamodb:Get*'] }, false],
    [{ Resource: 'arn:aws:dynamodb:*:*:table/j?bs' }, true],
    [{ Resource: `${table}/index/*` }, false],
    [{ Resource: undefined, NotResource: `${table}x` }, true],
    [{ Resource: undefined, NotResource: 'arn:aws:dynamodb:*' }, false],
    [{ Condition: { StringEquals: { 'aws:PrincipalArn': arn } } }, true],
    [{ Condition: { Bool: { 'aws:SecureTransport': 'false' } } }, false],
  ])('follows %j: %s', (statement, isAllowed) => {
    expect(decide([allow(statement)]) === undefined).toBe(isAllowed);
  });

  it('needs every access of a request to be allowed', () => {
    const put = { action: 'dynamodb:PutItem', resource: table };
    const authorizer = authorizerOf([allow()]);
    expect(authorizer.findDenial('KEY', [get, put])).toContain('dynamodb:PutItem');
    expect(authorizer.findDenial('KEY', [])).toBeUndefined();
  });

  it('is no for a key that nobody has', () => {
    const authorizer = authorizerOf([allow()]);
    for (const key of ['OTHER', '', undefined, '__proto__']) {
      expect(authorizer.findDenial(key, [get])).toContain('security token');
    }
  });

  it('is recorded with every statement that would have allowed it, where that is asked for', () => {
    const decisions: Decision[] = [];
    const authorizer = authorizerOf([allow(), allow({ Action: 'dynamodb:*' })], [], decisions);
    authorizer.findDenial('KEY', [get]);
    authorizer.findDenial('KEY', [{ ...get, action: 's3:GetObject' }]);
    expect(decisions).toMatchObject([
      { identity: 'reader', isAllowed: true, matches: [{ statement: 0 }, { statement: 1, action: 'dynamodb:*' }] },
      { identity: 'reader', isAllowed: false, matches: [] },
    ]);
  });
});
