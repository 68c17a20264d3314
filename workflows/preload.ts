/**
 * What all workflows of a worker share: the pure modules, evaluated once a worker instead of once a workflow. Building the schemas anew costs more time and
 * memory than a resting thread itself (docs/decisions/0012-share-pure-modules-between-workflows.md has the figures).
 *
 * The SDK freezes shared modules to their last object, so that no workflow can tell another anything through them; schemas fill in parts of
 * themselves at their first use, and break. What is frozen already it leaves alone, so the exports are frozen here, one level deep. Only modules
 * without a state of their own may be listed, and test/tidy/source.test.ts holds them to it.
 */
import '../src/contracts/parse';
import '../src/contracts/conversation/commands';
import '../src/contracts/execution/batch';
import '../src/contracts/execution/commands';
import '../src/contracts/execution/events';
import '../src/contracts/managed-thread/commands';
import '../src/contracts/managed-thread/events';
import '../src/contracts/managed-thread/projection';
import '../src/contracts/run/commands';
import '../src/contracts/run/events';
import '../src/domain/actor/receipts';
import '../src/domain/batch/batch';
import '../src/domain/conversation/decide';
import '../src/domain/conversation/evolve';
import '../src/domain/conversation/next-step';
import '../src/domain/conversation/project';
import '../src/domain/conversation/state';
import '../src/domain/execution/decide';
import '../src/domain/execution/evolve';
import '../src/domain/execution/frame';
import '../src/domain/execution/input';
import '../src/domain/execution/outcome';
import '../src/domain/execution/patience';
import '../src/domain/execution/project';
import '../src/domain/execution/selection';
import '../src/domain/managed-thread/decide';
import '../src/domain/managed-thread/describe';
import '../src/domain/managed-thread/evolve';
import '../src/domain/managed-thread/next-step';
import '../src/domain/managed-thread/outcomes';
import '../src/domain/managed-thread/project';
import '../src/domain/org/aggregate';
import '../src/domain/org/command-line';
import '../src/domain/org/confidence-policy';
import '../src/domain/org/escalation';
import '../src/domain/org/history';
import '../src/domain/org/instances';
import '../src/domain/org/messages';
import '../src/domain/org/routing';
import '../src/domain/org/score';
import '../src/domain/org/step-result';
import '../src/domain/pattern/expression/evaluate';
import '../src/domain/pattern/schema/check-value';
import '../src/domain/pattern/aggregation/aggregate';
import '../src/domain/pattern/aggregation/gather';
import '../src/domain/pattern/validation/judge';
import '../src/domain/redaction';
import '../src/domain/run/authority/budget';
import '../src/domain/run/decide';
import '../src/domain/run/ends';
import '../src/domain/run/evolve';
import '../src/domain/run/project';
import '../src/domain/schedule/run';
import '../src/domain/tracing/trace-context';
import '../src/errors/fault';

/**
 * Frames of a stack. The SDK takes one of every promise that a workflow makes, for its stack-trace query, and looks each frame up in the source map: with V8's ten frames that
 * was 40 % of what an execution cost the thread of the workflows. Where a workflow waits, and where an error comes from, still shows.
 */
Error.stackTraceLimit = 5;

declare const __webpack_modules__: Readonly<Record<string, unknown>>;
const cache = (globalThis as unknown as { __webpack_module_cache__: Readonly<Record<string, { readonly exports: object } | undefined>> })
  .__webpack_module_cache__;

for (const id of Object.keys(__webpack_modules__)) {
  const loaded = /(?:\/node_modules\/(?:zod|re2js)\/|\/src\/(?:contracts|domain|errors)\/)/.test(id) ? cache[id] : undefined;
  if (loaded) Object.freeze(loaded.exports);
}
