/** Every variable that configures Everthread, for people: the documentation and `everthread doctor` show this table, and a test holds them together. */
export interface ConfigVariable {
  readonly name: string;
  /** The value in force when the variable is not set, in words. */
  readonly default: string;
  readonly meaning: string;
}

/** Names of variables that are handed on to coding-agent CLIs when EVERTHREAD_AGENT_ENV is not set. */
export const DEFAULT_AGENT_ENV = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'GEMINI_API_KEY',
  'GOOGLE_API_KEY',
  'GOOGLE_GEMINI_BASE_URL',
] as const;

/** Seed 001, digest 2.11: 1 m, 5 m, 30 m, 2 h. */
export const WEBHOOK_DELAYS_MS = [60_000, 300_000, 1_800_000, 7_200_000] as const;

const row = (name: string, fallback: string, meaning: string): ConfigVariable => ({ name, default: fallback, meaning });

export const CONFIG_VARIABLES: readonly ConfigVariable[] = [
  row('EVERTHREAD_API_PORT', '8080', 'Port of the API. 0 takes any free port.'),
  row('EVERTHREAD_API_HOST', '127.0.0.1', 'Address the API listens on. Anything but loopback is refused while no authentication is configured.'),
  row('EVERTHREAD_GRPC_PORT', '50051', 'Port on which the API speaks gRPC (docs/scriptum-api.md). 0: it does not.'),
  row('EVERTHREAD_GRPC_HOST', '127.0.0.1', 'Address of that. Anything but loopback needs TLS and authentication.'),
  row('EVERTHREAD_GRPC_TLS_CERT', 'not set', 'File with the certificate chain of the gRPC server in PEM. Without it plaintext.'),
  row('EVERTHREAD_GRPC_TLS_KEY', 'not set', 'File with its key in PEM.'),
  row('EVERTHREAD_PUBLIC_URL', 'where the API listens', 'URL under which clients reach the API, for the addresses that it gives out (of artifacts).'),
  row('EVERTHREAD_RATE_LIMIT_READ', '1000; none while the API is open', 'Requests by GET that one caller may make a minute. 0: no limit.'),
  row('EVERTHREAD_RATE_LIMIT_WRITE', '200; none while the API is open', 'The same for other requests.'),
  row('EVERTHREAD_RATE_LIMIT_EXECUTE', '100; none while the API is open', 'The same for requests that start agents.'),
  row('EVERTHREAD_RATE_LIMIT_CREDENTIALS', '60', 'Failed credentials that one address may send a minute, before it is refused unread. 0: no limit.'),
  row(
    'EVERTHREAD_TRUSTED_PROXIES',
    'none',
    'Addresses and networks (`10.0.0.0/8`) of proxies in front of the API, separated by commas. Only they are believed about the client’s address (`X-Forwarded-For`) and about https (`X-Forwarded-Proto`).',
  ),
  row('EVERTHREAD_CORS_ORIGINS', 'none', 'Origins of web pages that may call the API, separated by commas.'),
  row(
    'EVERTHREAD_ALLOW_PRIVATE_NETWORKS',
    'false',
    'Whether addresses that users give (of webhooks and agents) may be on this machine and in private networks. `true` only where every user may reach those anyway.',
  ),
  row('EVERTHREAD_WEBHOOK_DELAYS_MS', '60000, 300000, 1800000, 7200000', "Waits before the second try of a webhook's delivery and the further ones."),
  row('EVERTHREAD_AUDIT_KEPT_DAYS', '90', 'How long entries of the audit log are kept.'),
  row('EVERTHREAD_API_KEY', 'not set', 'The key that the command line sends; `everthread keys create` makes one.'),
  row('EVERTHREAD_AUTH', 'auto', '`auto`: open to whoever reaches the loopback address until a key is made or tokens are configured. `required`: never open.'),
  row('EVERTHREAD_JWT_JWKS_URL', 'not set', 'Where the issuer of tokens publishes its keys (RS256, ES256, EdDSA); https, or on this machine.'),
  row('EVERTHREAD_JWT_PUBLIC_KEY_FILE', 'not set', 'Instead of that: a file with its public key in PEM.'),
  row('EVERTHREAD_JWT_SECRET', 'not set', 'A shared secret of at least 32 bytes for tokens by HS256.'),
  row('EVERTHREAD_JWT_ISSUER', 'not set', 'The `iss` that tokens must have. Needed with a public key or published keys.'),
  row('EVERTHREAD_JWT_AUDIENCE', 'not set', 'The `aud` that tokens must have. Needed with a public key or published keys.'),
  row(
    'EVERTHREAD_JWT_TENANT_CLAIM',
    '`tenant`, `tenant_id`, `org_id`',
    'Claims that may hold the tenant, separated by commas; the first that is there decides.',
  ),
  row('EVERTHREAD_JWT_TENANT', 'not set', 'The tenant of tokens that name none. Without it they are refused.'),
  row(
    'EVERTHREAD_DATA_DIR',
    '.everthread',
    'Everything that is kept on this machine: embedded Temporal and Postgres, keys, logs, workspaces, the terminal daemon.',
  ),
  row('EVERTHREAD_CACHE_DIR', '~/.cache/everthread', 'Programs that are downloaded or built once. Without it `$XDG_CACHE_HOME/everthread` comes first.'),
  row(
    'EVERTHREAD_TEMPORAL_ADDRESS',
    'not set',
    '`host:port` of a Temporal cluster. Set: no Temporal is embedded. The roles by themselves take `TEMPORAL_ADDRESS` without it; see docs/production.md.',
  ),
  row('EVERTHREAD_TEMPORAL_NAMESPACE', 'default', 'The Temporal namespace.'),
  row('EVERTHREAD_TEMPORAL_CLI', 'not set', 'Path of the Temporal CLI. Without it: `temporal` on PATH, the cache, a download, a build with Go.'),
  row('EVERTHREAD_TEMPORAL_PORT', '7233', 'Port of the embedded Temporal server. 0 takes any free port.'),
  row('EVERTHREAD_TEMPORAL_UI_PORT', '8233', 'Port of its web UI. 0 takes any free port.'),
  row('EVERTHREAD_DATABASE_URL', 'not set', '`postgres://…` of a database. Set: no Postgres is embedded.'),
  row('EVERTHREAD_DATABASE_PORT', '5439', 'Port of the embedded Postgres. 0 takes any free port.'),
  row('EVERTHREAD_LOG_LEVEL', 'info', '`trace`, `debug`, `info`, `warn`, `error` or `silent`.'),
  row(
    'EVERTHREAD_HOST_ID',
    'made once, kept in the data directory',
    'Name of this machine among the hosts. Letters, digits, dot, dash, underscore; at most 64.',
  ),
  row('EVERTHREAD_HOST_CAPACITY', '1000', 'Sessions that this host offers to run at once.'),
  row('EVERTHREAD_HOST_GONE_AFTER_MS', '120000', 'A host that is silent for so long counts as gone: its threads move to another one.'),
  row('EVERTHREAD_RELAY_HOST', '127.0.0.1', 'Address on which the host serves screens and terminals to API processes.'),
  row('EVERTHREAD_RELAY_PORT', '0', 'Port of that. 0 takes any free port.'),
  row('EVERTHREAD_RELAY_URL', 'made from the address and port', 'URL under which API processes reach it, when that differs.'),
  row('EVERTHREAD_IDLE_TIMEOUT_MS', '1800000', 'Idle time after which a session is released, for threads whose policy does not say.'),
  row(
    'EVERTHREAD_SYNC_WAIT_MS',
    '60000',
    'How long a call that executes a pattern and waits for its result may wait; after that it answers TIMEOUT, and the execution goes on.',
  ),
  row('EVERTHREAD_AGENTS_FILE', 'not set', 'JSON file that describes agents of your own; see docs/agents.md.'),
  row(
    'EVERTHREAD_PATTERNS_DIR',
    'not set',
    'Folder of pattern definitions that an API process publishes in the tenant `default` when it starts; see docs/pattern-catalogue.md.',
  ),
  row(
    'EVERTHREAD_AGENT_HEARTBEAT_MS',
    '10000',
    'How often agents that perform tasks of patterns are asked to say that they live; after three times that they count as lost.',
  ),
  row(
    'EVERTHREAD_AGENTS_DIR',
    'not set',
    'For development: a folder of modules, each of which is an agent that the worker runs in its own process; see docs/pattern-agents.md.',
  ),
  row('EVERTHREAD_LLM_AGENTS_FILE', 'not set', 'JSON file that describes agents that are a model and a prompt; see docs/pattern-agents.md.'),
  row(
    'EVERTHREAD_AGENT_ENV',
    DEFAULT_AGENT_ENV.map((name) => `\`${name}\``).join(', '),
    'Comma-separated names of variables that agent CLIs get from the host’s environment; they get no others.',
  ),
  row('EVERTHREAD_AGENT_HOME', 'the home directory of the user', 'HOME of agent CLIs: where they find their settings and logins.'),
  row(
    'EVERTHREAD_SECRET_KEY',
    'a key file in the data directory',
    '32 bytes in base64 that seal environment values at rest. All processes of one system need the same.',
  ),
  row(
    'EVERTHREAD_FORGE_URL',
    'not set',
    'Where pull requests of org charts are opened: the address of GitHub’s REST interface (`https://api.github.com`), or of a forge that speaks it. See docs/org-charts.md.',
  ),
  row('EVERTHREAD_FORGE_TOKEN', 'not set', 'The token that the worker shows to the forge; it may open pull requests there.'),
  row('EVERTHREAD_WORKSPACES_DIR', '`workspaces` in the data directory', 'Where repositories are cloned and worktrees are made.'),
  row(
    'EVERTHREAD_KEEP_SESSIONS',
    'false',
    '`true`: the end of `everthread start` leaves agent sessions running; the next start finds them. Same as `--keep-sessions`.',
  ),
  row('EVERTHREAD_PACKAGES_UNSIGNED', 'false', 'Whether packages of the marketplace are taken that are not signed; they are marked. See docs/marketplace.md.'),
  row(
    'EVERTHREAD_PACKAGE_PUBLISHERS',
    'any',
    'Public keys, 64 hex digits each, separated by commas: only packages that are signed with one of them are taken.',
  ),
  row(
    'EVERTHREAD_TEMPORAL_METRICS_ADDRESS',
    'not set',
    '`host:port` on which a worker and a host serve their metrics and those of Temporal’s SDK, without asking who reads them. Under `everthread start` the host takes the next port.',
  ),
  row(
    'EVERTHREAD_OTLP_URL',
    'not set',
    'URL of an OpenTelemetry collector (OTLP over HTTP, such as `http://127.0.0.1:4318`). Set: all roles send traces there.',
  ),
  row(
    'EVERTHREAD_TRACE_RATIO',
    '1',
    'Share of the traces that begin here which are recorded, 0 to 1. A caller that sends `traceparent` has decided for its own.',
  ),
  row(
    'EVERTHREAD_RUN_BUDGET',
    'tokens=100000,tool_calls=64,wall_clock_ms=300000,usd_millicents=0',
    'What a run may use up that does not say; see docs/run-authority.md. Fields that are not named keep their default. 100,000 millicents are a dollar.',
  ),
  row('EVERTHREAD_RUN_BUDGET_MAX', 'tokens=10000000,tool_calls=4096,wall_clock_ms=86400000,usd_millicents=1000000', 'The most that a run may be given.'),
  row('EVERTHREAD_RUN_CEILING', 'read,write', 'Effects that a run may have that does not say: some of `read`, `write`, `external`, `irreversible`, or `none`.'),
  row('EVERTHREAD_RUN_CEILING_MAX', 'read,write,external', 'Effects that a run may be given.'),
  row('EVERTHREAD_RUN_DEPTH', '3', 'How deep a run may delegate that does not say.'),
  row('EVERTHREAD_RUN_DEPTH_MAX', '3', 'How deep a run may be let delegate.'),
  row(
    'EVERTHREAD_APPROVE_RISK',
    'high',
    'From which risk class on a tool asks a person before it runs: `low`, `medium`, `high`, `critical`, or `off`. Tools with external or irreversible effects count as high at least.',
  ),
  row('EVERTHREAD_APPROVE_UNCOMPENSABLE', 'false', 'Whether tools whose effects nobody can take back ask a person, whatever their risk class.'),
  row(
    'EVERTHREAD_POLICY_DIRS',
    'none',
    'Folders of policies for runs (`*.json`), separated by commas; read again when a file changes. See docs/run-authority.md.',
  ),
  row(
    'EVERTHREAD_POLICY_TRUSTED_KEYS',
    'none',
    'Public keys (Ed25519, 64 hex digits) that may sign policies, separated by commas. Set: only signed ones are taken.',
  ),
  row(
    'EVERTHREAD_SKILLS_DIR',
    'not set',
    'Folder of skills (`*.json`) that an API process keeps in the tenant `default` when it starts; see docs/run-authority.md.',
  ),
  row(
    'EVERTHREAD_DEFAULT_PROVIDER',
    '`anthropic` or `openai` where its key is set, else `mock`',
    'Provider of the model of runs that name none; see docs/run-models.md.',
  ),
  row('EVERTHREAD_DEFAULT_MODEL', 'the model of the provider', 'Model of runs that name none, with that provider.'),
  row(
    'EVERTHREAD_MODEL_BASE_URLS',
    'none',
    'Addresses of models that a run may name beside those of the providers themselves, separated by commas. No key of the server goes there.',
  ),
  row(
    'EVERTHREAD_MODEL_PRICES',
    'none',
    'JSON of prices in US dollars for a million tokens: `{"openai:gpt-x": {"input": 1.25, "output": 10}}`. A model without a price counts as free.',
  ),
  row('EVERTHREAD_MODEL_TIMEOUT_MS', '300000', 'How long one call of a model may take.'),
  row(
    'EVERTHREAD_MAX_CONCURRENT_RUNS_GLOBAL',
    '100',
    'Runs at once, over all processes. Those that wait for a person, and those that runs delegate to, do not count.',
  ),
  row('EVERTHREAD_MAX_CONCURRENT_RUNS_PER_TENANT', '20', 'Runs of one tenant at once; the tenant `default` has no bound but the global one.'),
  row('EVERTHREAD_APPROVAL_TIMEOUT_MS', '0', 'After this long without an answer an approval of a run is denied. 0: it waits for as long as it takes.'),
  row(
    'EVERTHREAD_WORKSPACE',
    '`runs/default` in the directory of workspaces',
    'Directory that runs of the tenant `default` read, write and start programs in. Those of other tenants have `runs/<tenant>` in the directory of workspaces.',
  ),
  row(
    'EVERTHREAD_TOOL_MANIFEST_DIRS',
    'none',
    'Folders of manifests of tools for runs (`*.json`), separated by commas; read again when a file changes. See docs/run-tools.md.',
  ),
  row('EVERTHREAD_MCP_CONFIG', 'not set', 'JSON file that names MCP servers whose tools runs may use; read again when it changes. See docs/run-tools.md.'),
  row(
    'EVERTHREAD_PACKAGE_PROGRAMS',
    'false',
    'Whether packages that tenants installed may start programs on the worker: MCP servers, and commands of manifests.',
  ),
  row('EVERTHREAD_TOOL_NETWORK', 'none', 'Whether programs of tools may have the network where they ask for it: `none` or `open`.'),
  row('EVERTHREAD_TOOL_ISOLATION', 'auto', '`required`: no program of a tool is started where this machine cannot enforce all of what docs/run-tools.md says.'),
  row('EVERTHREAD_TOOL_ENV', 'none', 'Names of variables that programs of tools get, besides `PATH`, `HOME`, `TMPDIR` and a few fixed ones.'),
  row(
    'EVERTHREAD_TOOL_MEMORY_MB',
    '2048',
    'Memory that each process of a tool may have, and all processes of a call together, in MiB, where the machine can enforce it.',
  ),
  row(
    'EVERTHREAD_SCRIPT_CHANNELS',
    'none',
    'Channels that `send` of scripts knows: `name=address` pairs, separated by commas. The addresses are yours, and may be private.',
  ),
  row('EVERTHREAD_SCRIPT_CHANNEL_SECRET', 'not set', 'Messages to these channels are signed with it, as those of webhooks are.'),
  row(
    'EVERTHREAD_SCRIPT_TOOL_RISK',
    'medium',
    'The highest risk class of a tool of runs that scripts may call: `low`, `medium`, `high`, `critical`. Nobody is asked about a single call.',
  ),
  row(
    'EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_GLOBAL',
    '1000',
    'Threads of scripts at once, over all tenants; those that wait for a person, and those that another one runs, do not count.',
  ),
  row(
    'EVERTHREAD_MAX_CONCURRENT_SCRIPT_THREADS_PER_TENANT',
    '200',
    'Threads of scripts of one tenant at once; the tenant `default` has no bound but the global one.',
  ),
  row(
    'EVERTHREAD_SCRIPT_THREADS_KEPT_DAYS',
    '0',
    'How long threads of scripts are kept after their end, with their events, steps and yielded values. 0: for good.',
  ),
  row('EVERTHREAD_DRAIN_MS', '5000', 'How long a process may take to finish what it is doing when it is asked to end.'),
];
