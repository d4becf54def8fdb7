// @ts-check
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How every suite is compiled and resolved; the tiers differ only in which files they take. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', {}],
    // @fastify/static requires this ES module. Node 20 can do that, Jest on Node 20 can't: it gets CommonJS.
    '/node_modules/content-disposition/.+\\.js$': [
      '@swc/jest',
      {
        swcrc: false,
        jsc: { target: 'es2023', parser: { syntax: 'ecmascript' } },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!content-disposition/)'],
  moduleNameMapper: {
    '^#libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.clearbid'],
  rootDir: dirname(fileURLToPath(import.meta.url)),
};

/**
 * @param {string} name
 * @param {string[]} testMatch
 */
const tier = (name, testMatch) => ({ ...base, displayName: name, testMatch });

export default {
  // A story on real servers takes what a busy machine gives it; what hangs is found by this all the same.
  testTimeout: 60_000,
  testSequencer: '<rootDir>/scripts/launcher/slowest-first.mjs',
  projects: [
    tier('unit', ['<rootDir>/{apps,libs,scripts}/**/*.spec.ts']),
    tier('integration', ['<rootDir>/{apps,libs,scripts}/**/*.int-spec.ts']),
    tier('e2e', ['<rootDir>/test/e2e/**/*.e2e-spec.ts']),
    tier('disasters', ['<rootDir>/test/disasters/**/*.disaster-spec.ts']),
    tier('browser', ['<rootDir>/test/browser/**/*.browser-spec.ts']),
  ],
};
