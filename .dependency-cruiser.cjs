// @ts-check
// Who may import whom. `npm run check` enforces it.

const SPECS = String.raw`\.(spec|int-spec|e2e-spec|disaster-spec|browser-spec)\.ts$`;
/** Code that only tests run: specs, what lies in a folder for them, and the conformance suites. */
const TEST_CODE = [SPECS, '^test/', '^bench/', '^libs/testing/', '/testing/', '/conformance/'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-app-imports-app',
      comment:
        'Services talk over libs/transport; what two of them need is a lib. The books that the auditor is tested with are made by the real recipes.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/', pathNot: '^apps/auditor/src/testing/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'no-lib-imports-app',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'libs-by-their-index',
      comment: 'A lib is entered by its src/index.ts only; what lies behind it may change.',
      severity: 'error',
      from: { path: '^(apps|test|bench)/' },
      to: { path: '^libs/[^/]+/', pathNot: '^libs/[^/]+/src/index[.]ts$' },
    },
    {
      name: 'libs-by-their-index-among-libs',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/', pathNot: ['^libs/$1/', '^libs/[^/]+/src/index[.]ts$'] },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea in two places, or three ideas in two.',
      severity: 'error',
      from: {},
      // A type alone leaves no trace in the running program.
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphans',
      comment: 'Nobody imports it and it starts nothing.',
      severity: 'error',
      from: {
        orphan: true,
        path: '^(apps|libs)/',
        pathNot: [
          ...TEST_CODE,
          '^apps/console/',
          String.raw`\.d\.ts$`,
          '/migrations/',
          '/src/(main|migrate|seed|audit|openapi)[.]ts$',
        ],
      },
      to: {},
    },
    {
      name: 'testing-lib-for-tests-only',
      severity: 'error',
      from: { pathNot: TEST_CODE },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'no-spec-imported',
      comment: 'What a test exports belongs beside it, in a file of its own.',
      severity: 'error',
      from: {},
      to: { path: SPECS },
    },
    {
      name: 'no-dev-dependency-in-production',
      comment: 'It is not there after npm ci --omit=dev.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: [...TEST_CODE, '^apps/console/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '/@types/' },
    },
    {
      name: 'no-undeclared-package',
      comment: 'It is here by chance, because another package brought it.',
      severity: 'error',
      from: { path: '^(apps|libs|test|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'sandbox-shares-nothing-with-the-adapters',
      comment:
        'The sandbox and the channel adapters check each other: one mistake in both would check nothing.',
      severity: 'error',
      from: { path: '^apps/sandbox/', pathNot: SPECS },
      to: { path: ['^libs/payments/', '(^|/)node_modules/alipay-sdk/'] },
    },
    {
      name: 'channel-sdk-behind-the-adapter',
      comment: 'Its traps are dealt with in one place.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/payments/', SPECS] },
      to: { path: '(^|/)node_modules/alipay-sdk/' },
    },
    {
      name: 'console-stands-alone',
      comment: 'It runs in a browser; the API document is all that it shares with the services.',
      severity: 'error',
      from: { path: '^apps/console/' },
      to: { path: ['^libs/', '(^|/)node_modules/@nestjs/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^coverage/', '^[.]clearbid/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    webpackConfig: { fileName: 'scripts/lint/resolve-libs.cjs' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
