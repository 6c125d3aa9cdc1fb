// Fails when package-lock.json names a package that runs a script when it is installed and that `allowScripts` does not decide on in
// package.json, that has a licence which is not on the list, that is known to report to somebody, or that npm could not verify.
// What runs in Lambda must be permissive; tools may also be under licences that ask nothing of those who only run them.
const { readFileSync } = require('node:fs');

const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];
const forTools = [...permissive, 'BlueOak-1.0.0', 'CC0-1.0', 'CC-BY-4.0', 'LGPL-3.0-or-later', 'MPL-2.0', 'Python-2.0'];

// Packages whose purpose is to tell somebody who installs or runs what; a scope stands for all below it.
const telemetry = [
  '@scarf/',
  '@segment/',
  '@sentry/',
  '@datadog/browser-',
  'analytics-node',
  'applicationinsights',
  'bugsnag',
  'insight',
  'mixpanel',
  'nextjs-telemetry',
  'posthog-node',
  'rollbar',
  'universal-analytics',
];

/** Whether an SPDX expression can be met by the listed licences: one side of an OR, both sides of an AND. */
const isMet = (expression, allowed) =>
  expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((side) => side.split(' AND ').every((licence) => allowed.includes(licence)));

/**
 * What is wrong with the packages of a lock file, in one sentence each.
 *
 * @param {{ packages: Record<string, object> }} lock package-lock.json, version 3
 * @param {Record<string, boolean>} allowScripts by the name of the package
 */
const findProblems = (lock, allowScripts) =>
  Object.entries(lock.packages)
    .filter(([path]) => path !== '')
    .flatMap(
      ([
        path,
        { name: alias, version, license = '', hasInstallScript, dev, devOptional, integrity, resolved, inBundle },
      ]) => {
        const name = alias ?? path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
        const isTool = dev === true || devOptional === true;
        const found = [];
        if (hasInstallScript === true && allowScripts[name] === undefined) {
          found.push('runs a script when it is installed, and is not under allowScripts in package.json');
        }
        if (!isMet(license, isTool ? forTools : permissive)) {
          found.push(
            `has the licence "${license || 'none'}", which is not on the list for what ${isTool ? 'tools are' : 'runs in Lambda is'} under`,
          );
        }
        if (telemetry.some((each) => name === each || (/[/-]$/.test(each) && name.startsWith(each)))) {
          found.push('reports to others what is installed or run');
        }
        if (integrity === undefined && inBundle !== true) found.push('has no integrity by which npm could verify it');
        if (resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/')) {
          found.push(`comes from ${resolved}, not from the registry of npm`);
        }
        return found.map((problem) => `${name}@${version} ${problem}.`);
      },
    );

module.exports = { findProblems };

if (require.main === module) {
  const { allowScripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const problems = findProblems(JSON.parse(readFileSync('package-lock.json', 'utf8')), allowScripts);
  for (const problem of problems) console.error(problem);
  process.exit(problems.length === 0 ? 0 : 1);
}
