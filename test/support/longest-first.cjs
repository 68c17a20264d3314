/**
 * The order of test files: what takes longest begins first, so that at the end no worker has minutes of work left while the others have none. Jest keeps durations of earlier runs; where it
 * has none, as on a fresh machine, the kind of a file says about how long it takes.
 */
const { default: Sequencer } = require('@jest/test-sequencer');

/** Milliseconds, by the first pattern that fits. */
const ESTIMATES = [
  [/\/surface\/(live-)?schemathesis/, 180_000],
  [/\/fault\//, 90_000],
  [/\/conformance\/real-cli-/, 80_000],
  [/\/surface\/live-/, 40_000],
  [/\/actor\//, 30_000],
  [/\/(surface|conformance|replay)\//, 10_000],
  [/./, 1_000],
];

module.exports = class LongestFirst extends Sequencer {
  time(test) {
    return super.time(test) ?? ESTIMATES.find(([pattern]) => pattern.test(test.path))[1];
  }
};
