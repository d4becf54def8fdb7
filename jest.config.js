/** How every suite is compiled and resolved; the tiers differ only in which files they take. */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', {}] },
  moduleNameMapper: {
    '^#libs/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.clearbid'],
  rootDir: import.meta.dirname,
};

const tier = (name, testMatch, more = {}) => ({ ...base, displayName: name, testMatch, ...more });

export default {
  projects: [
    tier('unit', ['<rootDir>/{apps,libs,scripts}/**/*.spec.ts']),
    tier('integration', ['<rootDir>/{apps,libs}/**/*.int-spec.ts']),
    tier('e2e', ['<rootDir>/test/e2e/**/*.e2e-spec.ts']),
    tier('browser', ['<rootDir>/test/browser/**/*.browser-spec.ts']),
  ],
};
