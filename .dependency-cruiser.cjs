/**
 * Who may import whom, by folder. docs/ARCHITECTURE.md shows the same as a picture. What is not allowed here is a decision to take first, not a line to add.
 */
const SURFACES = '(managed-threads|control-plane|threads|runs|agent-protocol|ag-ui|scriptum)';
const OURS = '^(src|workflows|activities)/';

/** `folder` may import from `allowed` among our own folders, and from `packages` among npm's (null: any). */
const only = (name, folder, allowed, packages, comment) => [
  { name, severity: 'error', comment, from: { path: folder }, to: { path: OURS, pathNot: [folder, ...allowed] } },
  ...(packages === null
    ? []
    : [
        {
          name: `${name}-packages`,
          severity: 'error',
          comment,
          from: { path: folder },
          to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'], pathNot: packages },
        },
      ]),
];

const pkg = (...names) => names.map((name) => `node_modules/${name}(/|$)`);

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'A cycle has no first file to read. Types may refer to each other; code may not.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', comment: 'An import that leads nowhere fails when it is too late.', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      severity: 'error',
      comment: 'A package that package.json does not name disappears with the one that happened to bring it.',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'runtime-only',
      severity: 'error',
      comment: 'npm start installs without the development tools.',
      from: { path: OURS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
    },
    { name: 'nothing-imports-tests', severity: 'error', comment: 'The product does not know its tests.', from: { path: OURS }, to: { path: '^(test|bench)/' } },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      comment: 'main puts parts together; a part that needs main is in the wrong place.',
      from: { path: OURS, pathNot: '^src/(main|cli)/' },
      to: { path: '^src/(main|cli)/' },
    },

    ...only('errors-stand-alone', '^src/errors/', [], pkg('@temporalio/common'), 'Everybody may throw a fault, so a fault knows nobody.'),
    ...only(
      'contracts-are-words',
      '^src/contracts/',
      ['^src/errors/'],
      pkg('zod'),
      'What is said between processes; who says it depends on the words, not the words on them.',
    ),
    ...only(
      'domain-is-pure',
      '^src/domain/',
      ['^src/(contracts|errors)/'],
      pkg('zod', 'yaml', 'semver', 're2js', 'fastest-levenshtein', '@noble/hashes'),
      'Rules are replayed years later and tested without a server: no clock, no disk, no network. The packages are as pure as the rules.',
    ),
    {
      name: 'workflows-get-plans',
      severity: 'error',
      comment: 'Reading definitions is for processes that have Node; a workflow gets the plan, and need not carry a parser of YAML.',
      from: { path: '^workflows/' },
      to: { path: '^src/domain/(yaml/|pattern/(definition/|parse-pattern\\.ts))', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'workflows-get-representations',
      severity: 'error',
      comment: 'Scripts are read, checked and compiled where Node is; a workflow evaluates what was compiled, and reads single expressions and types.',
      from: { path: '^workflows/' },
      to: {
        path: '^src/domain/script/(compile-script\\.ts|check/check-script\\.ts|syntax/parse\\.ts|ir/(compile|print-ir)\\.ts|ir/source/)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'domain-without-node',
      severity: 'error',
      comment: 'The workflow sandbox has no Node modules. Hashing is the exception, for files that no workflow imports.',
      from: { path: '^src/domain/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'workflows-are-deterministic',
      severity: 'error',
      comment: 'A workflow replays: pure code and the workflow SDK only. Activities are known by their types.',
      from: { path: '^workflows/' },
      to: { dependencyTypesNot: ['type-only'], pathNot: ['^workflows/', '^src/(domain|contracts|errors)/', ...pkg('@temporalio/(workflow|common)', 'zod')] },
    },
    ...only(
      'activities-know-ports',
      '^activities/',
      ['^src/(contracts|domain|errors)/', '^src/ptyd/(protocol|record-line|ensure)\\.ts$'],
      null,
      'The store and the terminal arrive through activities/ports.ts, so that every activity runs against a fake as against the real thing.',
    ),
    ...only(
      'store-is-the-database',
      '^src/store/',
      ['^src/(contracts|domain|errors)/', '^activities/ports\\.ts$'],
      null,
      'All SQL is in the store; the store implements ports and knows nobody who uses it.',
    ),
    ...only(
      'gateway-is-the-client-half',
      '^src/gateway/',
      ['^src/(contracts|domain|errors)/'],
      null,
      'The gateway speaks to actors; what it stores first arrives through an interface of its own.',
    ),
    ...only(
      'surfaces-are-thin',
      '^src/surfaces/',
      ['^src/(gateway|contracts|domain|errors)/', '^src/store/.*-reads\\.ts$'],
      null,
      'A surface translates between a wire and the gateway; what it needs of the rest are ports.',
    ),
    {
      name: 'surfaces-are-strangers',
      severity: 'error',
      comment: 'A surface never imports another; what two of them need is in surfaces/http.',
      from: { path: `^src/surfaces/${SURFACES}/` },
      to: { path: `^src/surfaces/${SURFACES}/`, pathNot: '^src/surfaces/$1/' },
    },
    {
      name: 'shell-knows-no-surface',
      severity: 'error',
      comment: 'The HTTP shell serves any surface.',
      from: { path: '^src/surfaces/http/' },
      to: { path: `^src/surfaces/${SURFACES}/` },
    },
    ...only(
      'ptyd-has-no-opinion',
      '^src/ptyd/',
      ['^src/errors/', '^src/contracts/parse\\.ts$', '^activities/agents/adapter\\.ts$'],
      null,
      'The terminal daemon owns processes, bytes and screens; of agents it knows the shape of a screen.',
    ),
    ...only(
      'client-is-for-everybody',
      '^src/client/',
      [],
      pkg('openapi-fetch'),
      "The client runs in browsers and in other people's programs: it knows the wire, by generated types, and nothing of ours.",
    ),
    {
      name: 'client-without-node',
      severity: 'error',
      comment: 'Browsers have no Node modules.',
      from: { path: '^src/client/' },
      to: { dependencyTypes: ['core'] },
    },
    ...only(
      'outgoing-calls',
      '^src/outgoing/',
      ['^src/errors/'],
      pkg('ipaddr.js', 'zod'),
      'Calls to addresses that users gave: one rule, which knows nobody who calls.',
    ),
    ...only(
      'run-tools-act',
      '^src/run-tools/',
      ['^src/(contracts|domain|errors|outgoing)/', '^src/ptyd/processes\\.ts$'],
      pkg('zod', 'ajv', '@modelcontextprotocol/sdk'),
      'Tools of runs act on files, processes and addresses; they know neither the run that uses them nor where anything is kept.',
    ),
    ...only(
      'script-tools-act',
      '^src/script-tools/',
      ['^src/(contracts|domain|errors|outgoing)/'],
      pkg('zod', '@noble/hashes'),
      'Tools of scripts act on addresses, models and what else is started; models, gateways and the tools of runs arrive through interfaces.',
    ),
    ...only(
      'agent-desk-holds-sockets',
      '^src/agent-desk/',
      ['^src/(contracts|domain|errors)/'],
      pkg('ws', '@types/ws'),
      'The desk joins sockets of agents to what is kept and to who waits; both arrive through interfaces of its own.',
    ),
    ...only(
      'agent-sdk-is-for-everybody',
      '^src/agent-sdk/',
      ['^src/contracts/agent/protocol\\.ts$'],
      pkg('ws', '@types/ws'),
      "It runs in other people's processes: it knows the protocol by its types, and nothing of ours.",
    ),
    {
      name: 'agent-sdk-types-only',
      severity: 'error',
      comment: 'Whoever writes an agent loads a socket and nothing else.',
      from: { path: '^src/agent-sdk/' },
      to: { path: OURS, pathNot: '^src/agent-sdk/', dependencyTypesNot: ['type-only'] },
    },
    ...only(
      'patterns-are-definitions',
      '^src/patterns/',
      ['^src/(contracts|domain|errors)/'],
      pkg('yaml'),
      'What authors import to write patterns: definitions and the rules about them, without a server.',
    ),
    ...only(
      'config-is-read-once',
      '^src/config/',
      ['^src/errors/'],
      pkg('zod', '@temporalio/envconfig'),
      'The configuration is a value; it depends on nothing that depends on it.',
    ),
    ...only(
      'embedded-serves-start',
      '^src/embedded/',
      ['^src/(config|contracts|errors)/', '^src/ptyd/lock\\.ts$'],
      null,
      'Servers and child processes: nothing of what runs in them.',
    ),
    ...only(
      'host-runs-sessions',
      '^src/host/',
      ['^src/(config|contracts|domain|errors|gateway|ptyd)/', '^activities/'],
      null,
      'A host joins the terminal daemon to activities and to those who watch.',
    ),
    {
      name: 'temporal-client-in-few-hands',
      severity: 'error',
      comment: 'Actors are spoken to through the gateway; the roots and the embedded server open connections.',
      from: { path: OURS, pathNot: '^src/(gateway|main|embedded|host)/' },
      to: { path: 'node_modules/@temporalio/client/' },
    },
    {
      name: 'sql-in-one-place',
      severity: 'error',
      comment: 'All SQL is in the store; the embedded server and doctor only ask whether it answers.',
      from: { path: OURS, pathNot: ['^src/(store|embedded)/', '^src/cli/doctor\\.ts$'] },
      to: { path: 'node_modules/pg/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
    },
  },
};
