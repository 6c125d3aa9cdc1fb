import { describe, expect, it } from 'vitest';
import { type AuthorizedContext, readCaller } from '#functions/api/http/request.ts';

const context = (authorizer: AuthorizedContext['authorizer']) => ({ authorizer }) as AuthorizedContext;
const iam = (userArn: string) => context({ iam: { userArn } });

describe('readCaller', () => {
  it("takes a token's sub", () => {
    expect(readCaller(context({ jwt: { claims: { sub: 'team-a' } } }), 'users')).toBe('team-a');
  });

  it.each([
    ['arn:aws:sts::123456789012:assumed-role/Designer/session-1', '123456789012/Designer'],
    ['arn:aws:sts::123456789012:assumed-role/Designer/other@example.com', '123456789012/Designer'],
    ['arn:aws-us-gov:sts::123456789012:assumed-role/Designer/s', '123456789012/Designer'],
    ['arn:aws:iam::123456789012:user/anna', '123456789012/user/anna'],
    ['arn:aws:iam::123456789012:root', '123456789012/root'],
    ['arn:aws:sts::123456789012:federated-user/anna', '123456789012/federated-user/anna'],
  ])('takes account and role of %s', (arn, caller) => {
    expect(readCaller(iam(arn), 'users')).toBe(caller);
  });

  const user = (name: string) => iam(`arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Design_0a1b2c3d/${name}`);

  it('keeps users of IAM Identity Center apart, unless a permission set is to be one caller', () => {
    const [anna, ben] = [user('anna@example.com'), user('ben@example.com')];
    expect(readCaller(anna, 'users')).toBe('123456789012/AWSReservedSSO_Design_0a1b2c3d/anna@example.com');
    expect(readCaller(ben, 'users')).not.toBe(readCaller(anna, 'users'));
    expect(readCaller(anna, 'permissionSets')).toBe('123456789012/AWSReservedSSO_Design_0a1b2c3d');
    expect(readCaller(ben, 'permissionSets')).toBe(readCaller(anna, 'permissionSets'));
  });

  it('takes no session name for a user that principals choose themselves', () => {
    const arn = 'arn:aws:sts::123456789012:assumed-role/NotAWSReservedSSO_Design_0a1b2c3d/anna@example.com';
    expect(readCaller(iam(arn), 'users')).toBe('123456789012/NotAWSReservedSSO_Design_0a1b2c3d');
  });

  it.each([
    ['no authorizer', context(undefined)],
    ['a token without sub', context({ jwt: { claims: {} } })],
    ['a blank sub', context({ jwt: { claims: { sub: ' ' } } })],
    ['something that is no ARN', iam('Designer')],
    ['half of a surrogate pair', context({ jwt: { claims: { sub: 'anna\ud83d' } } })],
    ['a role with the other half', iam('arn:aws:iam::123456789012:role/x\udc00')],
    ['a sub that is longer in a key', context({ jwt: { claims: { sub: 'ä'.repeat(60) } } })],
    ['a sub that fits into no key', context({ jwt: { claims: { sub: 'x'.repeat(331) } } })],
  ])('refuses %s with 401', (_, authorized) => {
    expect(() => readCaller(authorized, 'users')).toThrow(
      expect.objectContaining({ status: 401, code: 'unauthorized' }),
    );
  });
});
