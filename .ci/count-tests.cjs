// Reads JSON reports of Vitest; a later one replaces what an earlier one says of the same file.
//   node .ci/count-tests.cjs REPORT ...            "<passed> <failed>", and below it the name of each test or file that failed, with what it said
//   node .ci/count-tests.cjs --cut-off REPORT ...  the files whose process ended before them, without a word
const { readFileSync } = require('node:fs');
const { relative } = require('node:path');

// Enough to tell what happened where only the end of the output is kept.
const maxLines = 60;
const describe = (message = '') =>
  message
    .split('\n')
    .slice(0, maxLines)
    .map((line) => `    ${line.slice(0, 300)}`);

const paths = process.argv.slice(2).filter((argument) => argument !== '--cut-off');
const files = new Map();
for (const path of paths) {
  for (const { name, ...file } of JSON.parse(readFileSync(path, 'utf8')).testResults) {
    files.set(relative(process.cwd(), name), file);
  }
}

const failedTests = ({ assertionResults }) => assertionResults.filter(({ status }) => status === 'failed');
// A file that could not be loaded, or whose hooks failed, has no failed test of its own.
const couldNotRun = (file) => file.status === 'failed' && failedTests(file).length === 0;

if (process.argv.includes('--cut-off')) {
  const cutOff = [...files].filter(([, file]) => couldNotRun(file) && !file.message);
  console.log(cutOff.map(([name]) => name).join('\n'));
} else {
  let passed = 0;
  let failed = 0;
  const failures = [];
  for (const [name, file] of files) {
    passed += file.assertionResults.filter(({ status }) => status === 'passed').length;
    for (const { fullName, failureMessages = [] } of failedTests(file)) {
      failed += 1;
      failures.push(`${name}: ${fullName}`, ...describe(failureMessages[0]));
    }
    if (couldNotRun(file)) {
      failed += 1;
      failures.push(`${name}: could not be run`, ...describe(file.message));
    }
  }
  console.log([`${passed} ${failed}`, ...failures].join('\n'));
}
