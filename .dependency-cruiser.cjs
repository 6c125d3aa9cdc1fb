// Which folder may import from which. `npm run check` enforces it; CONTRIBUTING.md says why.
// Packages are matched with and without `node_modules/`, so that one that is not installed is caught as well.
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

// Where execution begins: nobody imports these.
const entries = '^(functions/[^/]+/handler|infra/app|infra/bundles/start|(infra|local)/cli/[^/]+)\\.ts$';

const forbidden = (name, comment, from, to) => ({ name, comment, severity: 'error', from: { path: from }, to });

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    forbidden('shared-stands-alone', 'shared/ imports from no other folder.', '^shared/', {
      path: '^(functions|infra|local|test)/',
    }),
    forbidden('adobe-without-aws', 'shared/adobe/ knows nothing of AWS.', '^shared/adobe/', {
      path: ['^shared/aws/', packages('@aws-sdk', '@aws', '@smithy', '@aws-lambda-powertools', '@middy')],
    }),
    forbidden('jobs-without-http', 'shared/jobs/ knows nothing of HTTP.', '^shared/jobs/', {
      path: ['^shared/requests/', '^(node:)?https?$', packages('ky', '@middy')],
    }),
    forbidden('functions-import-shared-only', 'functions/ import from shared/ only.', '^functions/', {
      path: '^(infra|local|test)/',
    }),
    forbidden('functions-apart', 'A function never imports from another function.', '^functions/([^/]+)/', {
      path: '^functions/',
      pathNot: '^functions/$1/',
    }),
    forbidden('infra-without-functions', 'infra/ names functions by path and imports none of their code.', '^infra/', {
      path: '^functions/',
    }),
    forbidden('production-without-local', 'Production code never imports from local/ or test/.', '^infra/', {
      path: '^(local|test)/',
    }),
    forbidden(
      'console-apart',
      'Others build the console and import nothing else of it; its own tests call what needs no browser.',
      '^(shared|functions|infra|local|test(?!/(unit|integration)/console/))/',
      {
        path: '^console/',
        pathNot: '^console/build\\.ts$',
      },
    ),
    forbidden(
      'console-imports-types-only',
      'The page knows the views of the API as types: no code of a function travels to a browser.',
      '^console/src/',
      { path: '^(functions|shared|infra|local|test)/', dependencyTypesNot: ['type-only'] },
    ),
    forbidden('console-build-alone', 'The build of the console needs nothing of the gateway.', '^console/[^/]+$', {
      path: '^(functions|shared|infra|local|test)/',
    }),
    forbidden('local-without-test', 'npm start needs nothing of the tests.', '^local/', { path: '^test/' }),
    forbidden(
      'run-time-packages',
      'What runs in Lambda is listed under dependencies, with its version.',
      '^(shared|functions)/',
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    ),
    forbidden('no-cycles', 'Modules in a circle cannot be read, tested or moved one by one.', '', { circular: true }),
    {
      name: 'no-folder-cycles',
      comment: 'Folders in a circle are one folder that does not admit it.',
      severity: 'error',
      scope: 'folder',
      from: { path: '^(shared|functions|infra|local|console)' },
      to: { circular: true },
    },
    forbidden('resolvable', 'An import that cannot be resolved was not checked.', '', { couldNotResolve: true }),
    {
      name: 'no-dead-code',
      comment: 'Everything that is deployed is reached from a function, the CDK app or a command.',
      severity: 'error',
      from: { path: entries },
      to: { path: '^(shared|functions|infra)/', pathNot: entries, reachable: false },
    },
  ],
  options: {
    // TypeScript 7 has no API that dependency-cruiser could use; without this parser it finds no module and is content.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^cdk\\.out/' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
