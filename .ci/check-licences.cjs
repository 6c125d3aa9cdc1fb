// Fails when a package of the bill of materials has a licence that is not on the list. What runs in Lambda must be permissive; tools
// may also be under licences that ask nothing of those who only run them.
const { execFileSync } = require('node:child_process');

const permissive = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];
const forTools = [...permissive, 'BlueOak-1.0.0', 'CC0-1.0', 'CC-BY-4.0', 'LGPL-3.0-or-later', 'MPL-2.0', 'Python-2.0'];

const billOfMaterials = (...options) => {
  const command = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', ...options];
  return JSON.parse(execFileSync('npm', command, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })).components;
};

/** Whether an SPDX expression can be met by the listed licences: one side of an OR, both sides of an AND. */
const isMet = (expression, allowed) =>
  expression
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((side) => side.split(' AND ').every((licence) => allowed.includes(licence)));

const refused = (components, allowed) =>
  components
    .map(({ name, version, licenses = [] }) => ({
      name: `${name}@${version}`,
      licence: licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(' AND '),
    }))
    .filter(({ licence }) => !isMet(licence, allowed));

const problems = [
  ...refused(billOfMaterials('--omit', 'dev'), permissive).map((found) => ({ ...found, where: 'runs in Lambda' })),
  ...refused(billOfMaterials(), forTools).map((found) => ({ ...found, where: 'tool' })),
];
for (const { name, licence, where } of problems) {
  console.error(`${name} (${where}): ${licence || 'no licence named'} is not on the list of .ci/check-licences.cjs.`);
}
process.exit(problems.length === 0 ? 0 : 1);
