import { describe, expect, it } from 'vitest';
import { UsageError } from '#infra/credentials/errors.ts';
import { readOptions, usage, variables } from '#infra/credentials/options.ts';

describe('the command line of the credentials command', () => {
  it('sets up the stack of the stage that cdk.json names', () => {
    expect(readOptions([])).toMatchObject({
      action: 'set-up',
      stack: 'firefly-gateway-prod',
      replace: false,
      yes: false,
    });
  });

  it.each([
    [['--stage', 'dev'], { stack: 'firefly-gateway-dev' }],
    [['--stack', 'firefly-gateway-local'], { stack: 'firefly-gateway-local' }],
    [['--region', 'eu-west-1', '--profile', 'team'], { region: 'eu-west-1', profile: 'team' }],
    [['--check', '--secret-uuid', 'u-1'], { action: 'check', secretUuid: 'u-1' }],
    [['--rotate'], { action: 'rotate' }],
    [['--compromised', '--confirm', 'u-1'], { action: 'compromised', confirm: 'u-1' }],
    [['--field-check'], { action: 'field-check', yes: false, touchSecrets: false, report: 'field-check.md' }],
    [
      ['--field-check', '--yes', '--touch-secrets', '--report', 'x.json'],
      { yes: true, touchSecrets: true, report: 'x.json' },
    ],
    [['--compromised', '--yes'], { action: 'compromised', yes: true }],
  ])('reads %j', (args, expected) => {
    expect(readOptions(args)).toMatchObject(expected);
  });

  it.each([
    [['--check', '--rotate'], /Only one of --check, --rotate/],
    [['--stage', 'dev', '--stack', 'x'], /Only one of --stack and --stage/],
    [['--compromised', '--yes', '--confirm', 'u-1'], /Only one of --confirm and --yes/],
    [['--rotate', '--yes'], /--yes does not go with --rotate/],
    [['--confirm', 'u-1'], /--confirm does not go with setting up/],
    [['--check', '--replace'], /--replace does not go with --check/],
    [['--rotate', '--secret-uuid', 'u-1'], /--secret-uuid does not go with --rotate/],
    [['--check', '--touch-secrets'], /--touch-secrets does not go with --check/],
    [['--report', 'x.md'], /--report does not go with setting up/],
    [['--field-check', '--check'], /Only one of --check, --field-check/],
    [['--stack'], /--stack/],
    [['--no-such'], /Unknown option '--no-such'/],
  ])('refuses %j', (args, message) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(message);
  });

  it.each([[['p8e-a-secret']], [['--client-secret=p8e-a-secret']], [['--client-secret', 'p8e-a-secret']]])(
    'does not repeat what may be a secret in the wrong place: %j',
    (args) => {
      expect(() => readOptions(args)).toThrow(/^(?!.*p8e-a-secret)/s);
    },
  );

  it('has help that names every variable', () => {
    expect(readOptions(['-h'])).toMatchObject({ help: true });
    for (const name of Object.values(variables)) expect(usage).toContain(name);
  });
});
