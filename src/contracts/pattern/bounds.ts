/** How much a pattern may hold. Every list, text and loop of a plan has one of these as its bound. */

/** Characters of a definition's YAML. */
export const DEFINITION_MAX = 256 * 1024;
/** Errors that are told of one definition; the first ones are enough to go on. */
export const ERRORS_MAX = 50;
/** Nodes of the document, and how often it may refer to an anchor: a small text must not become a large tree. */
export const YAML_NODES_MAX = 20_000;
/** Words, signs and spaces of the text: what reading it costs. */
export const YAML_MARKS_MAX = 40_000;
export const YAML_ALIASES_MAX = 100;
export const YAML_DEPTH_MAX = 60;

/** Steps of a definition, with those of loops, tasks and branches; and how deep these may stand in each other. */
export const STEPS_MAX = 200;
export const STEPS_DEPTH_MAX = 6;
/** Steps that one execution may run, unless `execution.maxSteps` says less. */
export const STEPS_RUN_MAX = 1_000;
export const STEPS_RUN_DEFAULT = 100;
export const LOOP_ITERATIONS_MAX = 100;
export const RETRIES_MAX = 10;
export const BATCH_ITEMS_MAX = 1_000;
export const BATCH_CONCURRENCY_MAX = 50;
export const BATCH_CONCURRENCY_DEFAULT = 5;
export const REPEAT_MAX = 100;

/** Agents that one step asks at once. */
export const AGENTS_MAX = 50;
/** Milliseconds: no timeout, delay or age is longer than 30 days. */
export const DURATION_MAX = 30 * 24 * 3_600_000;

/** Characters of a name: of a pattern, a step, a variable, a role, a field. */
export const NAME_MAX = 128;
/** Characters of one text in a definition: a description, an instruction, a task. */
export const TEXT_MAX = 32 * 1024;
/** Entries of one list or map in a definition. */
export const ENTRIES_MAX = 200;

/** Nodes and depth of one expression; what evaluating it may cost in steps; what it may give in list entries and characters. */
export const EXPRESSION_NODES_MAX = 500;
export const EXPRESSION_DEPTH_MAX = 40;
export const EVALUATION_STEPS_MAX = 500_000;
export const EVALUATION_ITEMS_MAX = 10_000;
export const EVALUATION_CHARACTERS_MAX = 1_000_000;

/** Characters of a regular expression in a definition. They run in time linear to the text (RE2). */
export const REGEXP_MAX = 500;
