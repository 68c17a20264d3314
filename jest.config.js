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
  globalSetup: '<rootDir>/test/support/run-setup.ts',
  globalTeardown: '<rootDir>/test/support/run-teardown.ts',
};
