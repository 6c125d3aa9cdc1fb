// Prints "<passed> <failed>" of a Vitest JSON report, and below it the name of each test or file that failed.
const { readFileSync } = require('node:fs');
const { relative } = require('node:path');

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const failures = [];
let passed = 0;
for (const { name, status, assertionResults } of testResults) {
  const file = relative(process.cwd(), name);
  const failedTests = assertionResults.filter((test) => test.status === 'failed');
  passed += assertionResults.filter((test) => test.status === 'passed').length;
  failures.push(...failedTests.map((test) => `${file}: ${test.fullName}`));
  // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
  if (status === 'failed' && failedTests.length === 0) failures.push(`${file}: could not be run`);
}
console.log([`${passed} ${failures.length}`, ...failures].join('\n'));
