/** grpc.health.v1: whether the server serves, for those who ask and those who watch. Asks nobody who they are. */
import { Code, ConnectError, type HandlerContext, type ServiceImpl } from '@connectrpc/connect';
import { setTimeout as delay } from 'node:timers/promises';
import { ScriptumService } from '../generated/dodil/scriptum/v1/scriptum_pb';
import { HealthCheckResponse_ServingStatus as Status, type Health } from '../generated/grpc/health/v1/health_pb';
import type { ScriptumHealth } from '../ports';

/** How often those who watch are looked for. */
const LOOK_MS = 2_000;
const KNOWN: ReadonlySet<string> = new Set(['', ScriptumService.typeName]);
/** Watches that one process serves at a time. */
const WATCHES_MAX = 100;

const statusOf = async (health: ScriptumHealth): Promise<Status> => ((await health.serving()) ? Status.SERVING : Status.NOT_SERVING);

export function healthService(health: ScriptumHealth, stopping: AbortSignal): ServiceImpl<typeof Health> {
  let watches = 0;
  return {
    check: async ({ service }) => {
      if (!KNOWN.has(service)) throw new ConnectError('There is no such service.', Code.NotFound);
      return { status: stopping.aborted ? Status.NOT_SERVING : await statusOf(health) };
    },
    async *watch({ service }, { signal }: HandlerContext) {
      if (watches >= WATCHES_MAX) throw new ConnectError('As many watch the health as may.', Code.ResourceExhausted);
      watches += 1;
      try {
        let told: Status | undefined;
        while (!signal.aborted) {
          const status = !KNOWN.has(service) ? Status.SERVICE_UNKNOWN : stopping.aborted ? Status.NOT_SERVING : await statusOf(health);
          if (status !== told) yield { status: (told = status) };
          if (stopping.aborted) return;
          await delay(LOOK_MS, undefined, { signal: AbortSignal.any([signal, stopping]) }).catch(() => undefined);
        }
      } finally {
        watches -= 1;
      }
    },
  };
}
