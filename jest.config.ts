import type { Config } from 'jest'
import { testTimeout } from './packages/test-support/src/timeouts.ts'

const config: Config = {
  roots: ['<rootDir>/packages', '<rootDir>/apps'],
  testMatch: ['<rootDir>/packages/*/test/**/*.test.ts', '<rootDir>/apps/*/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/(packages|apps)/[^/]+/dist/'],
  filter: '<rootDir>/packages/test-support/src/jest/select-tests.cjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: { target: 'es2023', parser: { syntax: 'typescript', decorators: false }, keepClassNames: true },
      },
    ],
  },
  // The first condition makes a workspace package resolve to its TypeScript sources, so a test run needs no build.
  testEnvironmentOptions: { customExportConditions: ['pocket-source', 'node', 'node-addons'] },
  testTimeout,
  setupFiles: [
    '<rootDir>/packages/test-support/src/jest/close-connections.ts',
    '<rootDir>/packages/test-support/src/jest/local-lookup.ts',
    '<rootDir>/packages/test-support/src/jest/request-timeouts.ts',
  ],
  // One more than the cores of a small machine, since tests often wait for timers, PostgreSQL and other processes.
  maxWorkers: process.env.POCKET_TESTS === undefined ? 2 : 3,
  // With `vm` modules, a worker keeps the modules of each test file in memory; it restarts at this limit.
  workerIdleMemoryLimit: '1GB',
  // Milliseconds. A worker needs more than the default of half a second to free its memory while the machine is busy.
  workerGracefulExitTimeout: 60_000,
  runner: '<rootDir>/packages/test-support/src/jest/grouped-runner.cjs',
  testSequencer: '<rootDir>/packages/test-support/src/jest/longest-first.cjs',
  watchman: false,
  globalSetup: '<rootDir>/packages/test-support/src/jest/global-setup.ts',
  globalTeardown: '<rootDir>/packages/test-support/src/jest/global-teardown.ts',
  reporters: ['default', '<rootDir>/packages/test-support/src/jest/count-reporter.ts'],
}

// Jest takes its configuration from the default export only.
export default config
