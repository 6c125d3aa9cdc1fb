import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { packageJson, read } from './repository.ts';

type Lock = { packages: Record<string, Record<string, unknown>> };
const { findProblems } = createRequire(import.meta.url)('../../../.ci/check-packages.cjs') as {
  findProblems(lock: Lock, allowScripts: Record<string, boolean>): string[];
};

const lock = JSON.parse(read('package-lock.json')) as Lock;
const { allowScripts } = packageJson;

/** The project's own lock file with one more package in it. */
const withPackage = (name: string, changes: Record<string, unknown>): Lock => ({
  packages: {
    ...lock.packages,
    [`node_modules/yauzl/node_modules/${name}`]: {
      version: '1.0.0',
      resolved: `https://registry.npmjs.org/${name}/-/x-1.0.0.tgz`,
      integrity: 'sha512-x',
      license: 'MIT',
      ...changes,
    },
  },
});

describe('the check of packages', () => {
  it('finds nothing in what is installed now', () => {
    expect(findProblems(lock, allowScripts)).toEqual([]);
    expect(findProblems(withPackage('harmless', {}), allowScripts)).toEqual([]);
  });

  it.each([
    ['a script at its installation', 'eager', { hasInstallScript: true, dev: true }, /runs a script/],
    ['a licence that asks for more', 'viral', { license: 'AGPL-3.0-only', dev: true }, /"AGPL-3.0-only"/],
    ['no licence', 'mute', { license: undefined }, /"none"/],
    ['a licence for tools only, in Lambda', 'weak', { license: 'MPL-2.0' }, /runs in Lambda/],
    ['half a licence', 'half', { license: 'MIT AND GPL-3.0-only' }, /GPL/],
    ['telemetry', '@scarf/scarf', { dev: true }, /reports to others/],
    ['telemetry of a scope', '@sentry/node', {}, /reports to others/],
    ['telemetry under another name', 'alias', { name: 'posthog-node' }, /reports to others/],
    ['nothing to verify it by', 'loose', { integrity: undefined }, /no integrity/],
    ['another source', 'foreign', { resolved: 'git+ssh://git@github.com/a/b.git#1' }, /not from the registry/],
  ])('refuses a package with %s', (_, name, changes, problem) => {
    expect(findProblems(withPackage(name, changes), allowScripts)).toEqual([expect.stringMatching(problem)]);
  });

  it('accepts what one side of a choice of licences allows, and weaker licences of tools', () => {
    expect(findProblems(withPackage('choice', { license: '(GPL-3.0-only OR MIT)' }), allowScripts)).toEqual([]);
    expect(findProblems(withPackage('tool', { license: 'MPL-2.0', dev: true }), allowScripts)).toEqual([]);
  });

  it('allows scripts by the name of a package that is there', () => {
    const names = Object.keys(lock.packages).map((path) => path.replace(/^.*node_modules\//, ''));
    for (const name of Object.keys(allowScripts)) expect(names).toContain(name);
    expect(findProblems(withPackage('eager', { hasInstallScript: true }), { ...allowScripts, eager: true })).toEqual(
      [],
    );
  });

  it('is part of npm run check', () => {
    expect(packageJson.scripts['check']).toContain('node .ci/check-packages.cjs');
  });
});
