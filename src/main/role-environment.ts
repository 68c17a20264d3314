/** The environment of a role's process: its settings, what programs need to run at all, for API and worker the variables of model providers, and for hosts the variables that agents may see. Nothing else of the parent's. */
import { withAliases } from '../config/aliases';
import type { Config, ProcessEnvironment } from '../config/config';
import { PROVIDER_VARIABLES } from './run-models';

export type RoleName = 'api' | 'worker' | 'host';

const NEEDED =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LC_[A-Z]+|TZ|TMPDIR|NODE_EXTRA_CA_CERTS|NODE_OPTIONS|SSL_CERT_(FILE|DIR)|(https?|HTTPS?|no|NO)_(proxy|PROXY))$/;
/** How the roles get into a cluster, and where its file of profiles is. */
const ACCESS = /^(TEMPORAL_[A-Z0-9_]+|XDG_CONFIG_HOME)$/;

/** What tokens are checked by is the API's own: who has the secret makes tokens. A client's key is no role's. */
const ONLY_API = /^EVERTHREAD_(AUTH|JWT_[A-Z_]+)$/;
const ONLY_CLIENTS = 'EVERTHREAD_API_KEY';

const NONE: ReadonlySet<string> = new Set();

export interface Addresses {
  readonly temporalAddress: string;
  readonly databaseUrl: string;
}

export function roleEnvironment(
  role: RoleName,
  config: Config,
  { temporalAddress, databaseUrl }: Addresses,
  env: ProcessEnvironment = process.env,
): Record<string, string> {
  // The embedded server is reached plainly, whatever another client's variables say.
  const outside = config.temporal.address !== null;
  const models = role === 'host' ? NONE : PROVIDER_VARIABLES;
  const agents = role === 'host' ? new Set(config.agents.env) : new Set<string>();
  const passed = Object.entries(withAliases(env)).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    if (name === ONLY_CLIENTS || (role !== 'api' && ONLY_API.test(name))) return false;
    return (
      value !== undefined && (NEEDED.test(name) || name.startsWith('EVERTHREAD_') || models.has(name) || agents.has(name) || (outside && ACCESS.test(name)))
    );
  });
  return {
    ...Object.fromEntries(passed),
    EVERTHREAD_DATA_DIR: config.dataDir,
    EVERTHREAD_TEMPORAL_ADDRESS: temporalAddress,
    EVERTHREAD_DATABASE_URL: databaseUrl,
    ...(role === 'host' && config.metrics && config.metrics.port > 0 ? { EVERTHREAD_TEMPORAL_METRICS_ADDRESS: nextPort(config.metrics) } : {}),
  };
}

/** Worker and host run on one machine here, and one port serves one of them. */
const nextPort = ({ host, port }: NonNullable<Config['metrics']>): string => `${host.includes(':') ? `[${host}]` : host}:${port + 1}`;
