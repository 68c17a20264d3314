/** The production shape on a real cluster: `npm run test:cluster`. */
const { testPathIgnorePatterns: _, ...shared } = require('../../jest.config.js');

module.exports = { ...shared, rootDir: '../..', roots: ['<rootDir>/test/cluster'], maxWorkers: 1, testTimeout: 240_000 };
