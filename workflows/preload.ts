/**
 * What all workflows of a worker share: all of their code, evaluated once a worker instead of once a workflow. Building the schemas anew costs more time and memory than a resting thread
 * itself, and the code of the workflows costs an execution more than its own state does (docs/decisions/0012-share-pure-modules-between-workflows.md has the figures).
 *
 * The SDK freezes shared modules to their last object, so that no workflow can tell another anything through them; schemas fill in parts of
 * themselves at their first use, and break. What is frozen already it leaves alone, so the exports are frozen here, one level deep. So no module may have a state of its own, and
 * test/tidy/source.test.ts holds them to it.
 */
import './index';
import './tracing/interceptors';

/**
 * Frames of a stack. The SDK takes one of every promise that a workflow makes, for its stack-trace query, and looks each frame up in the source map: with five frames that was 40 % of
 * what an execution costs the thread of the workflows (V8 would take ten). One frame shows where an error comes from; what a workflow waits for is in its current details and in the
 * names of its activities and timers, not in the stack-trace query. Replaying a history under the debugger shows the rest.
 */
Error.stackTraceLimit = 1;

declare const __webpack_modules__: Readonly<Record<string, unknown>>;
const cache = (globalThis as unknown as { __webpack_module_cache__: Readonly<Record<string, { readonly exports: object } | undefined>> })
  .__webpack_module_cache__;

for (const id of Object.keys(__webpack_modules__)) {
  const loaded = /(?:\/node_modules\/(?:zod|re2js)\/|\/src\/(?:contracts|domain|errors)\/|\/workflows\/)/.test(id) ? cache[id] : undefined;
  if (loaded) Object.freeze(loaded.exports);
}
