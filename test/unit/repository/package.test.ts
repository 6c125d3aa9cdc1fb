import { describe, expect, it } from 'vitest';
import { packageJson, read } from './repository.ts';

const exact = /^\d+\.\d+\.\d+$/;

describe('package.json', () => {
  it('names exact versions: an older npm would pick other ones silently', () => {
    const loose = Object.entries({ ...packageJson.dependencies, ...packageJson.devDependencies }).filter(
      ([, version]) => !exact.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('agrees with the lock file', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { version?: string; dependencies?: object; devDependencies?: object }>;
    };
    expect(packages['']?.dependencies).toEqual(packageJson.dependencies);
    expect(packages['']?.devDependencies).toEqual(packageJson.devDependencies);
    expect(packages['']?.version).toBe(packageJson.version);
  });

  it('brings its own Node, the same as the one that version managers are told', () => {
    expect(packageJson.devDependencies['node']).toBe(read('.node-version').trim());
    expect(packageJson.engines['node']).toBe('>=20');
  });

  it('has its version in the changelog', () => {
    expect(read('CHANGELOG.md')).toContain(`## [${packageJson.version}]`);
  });
});
