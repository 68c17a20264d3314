const { availableParallelism } = require('node:os');

/** One configuration for every kind of test; see test/README.md for what each kind may use. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Minutes on a Temporal server that is built first: `npm run test:cluster`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/cluster/'],
  transform: {
    '^.+\\.[jt]s$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true }, module: { type: 'commonjs' } }],
  },
  // These are ES modules; Node can require one, Jest cannot.
  transformIgnorePatterns: ['/node_modules/(?!(?:jose|p-queue|p-retry|p-timeout|eventemitter3|is-network-error|uuid)/)'],
  testTimeout: 60_000,
  // One more than Jest takes by itself, which on two cores is one: many tests wait for other processes most of the time.
  maxWorkers: Math.max(2, availableParallelism()),
  // A process in which Temporal's SDK was loaded keeps Node's promise hooks, with which files full of promises take several times as long (store-hub: 50 s for 6 s), and some memory of every
  // file. After a file that leaves as much as that behind, a fresh one goes on; after most pure ones it does not, for it takes half a second to start.
  workerIdleMemoryLimit: '150MB',
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  globalSetup: '<rootDir>/test/support/run-setup.ts',
  globalTeardown: '<rootDir>/test/support/run-teardown.ts',
};
