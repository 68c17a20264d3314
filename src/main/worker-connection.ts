/** The connection that workers share. Temporal's runtime logs through ours, and leaves signals to the role: there is one order of stopping. */
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import type { Config } from '../config/config';
import type { Log } from '../surfaces/http/log';
import { temporalOptions, temporalUnavailable } from './connections';

/** Fault `temporal.unavailable` (unavailable) when the cluster does not answer. With `metricsAddress` the runtime serves its own metrics there. */
export async function nativeConnection(config: Config, log: Log, metricsAddress: string | null = null): Promise<NativeConnection> {
  installRuntime(log, metricsAddress);
  try {
    return await NativeConnection.connect({ ...temporalOptions(config) });
  } catch (problem) {
    throw temporalUnavailable(config, problem);
  }
}

function installRuntime(log: Log, bindAddress: string | null): void {
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    const facts = { from: 'temporal', ...readable(meta) };
    if (level === 'ERROR') log.error(facts, message);
    else if (level === 'WARN' && !EXPECTED.test(message)) log.warn(facts, message);
    else log.debug(facts, message);
  });
  Runtime.install({
    logger,
    shutdownSignals: [],
    ...(bindAddress !== null && {
      telemetryOptions: { metrics: { prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true } } },
    }),
  });
}

/** Said by a worker that is meant to have no workflows. */
const EXPECTED = /^No workflows registered/;

/** Errors carry their text; numbers that JSON cannot hold become text. */
function readable(meta: Readonly<Record<string, unknown>> | undefined): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta ?? {}).map(([key, value]) => {
      if (key === 'error' && value instanceof Error) return ['err', value];
      return [key, typeof value === 'bigint' ? value.toString() : value];
    }),
  );
}
