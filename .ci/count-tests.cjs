// Prints "<passed> <failed>" of a Vitest JSON report, and below it the name of each test or file that failed, with what it said.
const { readFileSync } = require('node:fs');
const { relative } = require('node:path');

const { testResults } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
// Enough to tell what happened where only the end of the output is kept.
const maxLines = 60;
const describe = (message = '') =>
  message
    .split('\n')
    .slice(0, maxLines)
    .map((line) => `    ${line.slice(0, 300)}`);
const failures = [];
let failed = 0;
let passed = 0;
for (const { name, status, message, assertionResults } of testResults) {
  const file = relative(process.cwd(), name);
  const failedTests = assertionResults.filter((test) => test.status === 'failed');
  passed += assertionResults.filter((test) => test.status === 'passed').length;
  for (const { fullName, failureMessages = [] } of failedTests) {
    failures.push(`${file}: ${fullName}`, ...describe(failureMessages[0]));
  }
  failed += failedTests.length;
  // A file that could not be loaded, or whose hooks failed, has no failed test of its own.
  if (status === 'failed' && failedTests.length === 0) {
    failures.push(`${file}: could not be run`, ...describe(message));
    failed += 1;
  }
}
console.log([`${passed} ${failed}`, ...failures].join('\n'));
