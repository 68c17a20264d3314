/** Scripts over the gateways and the store: what callers are given, and what workers need of them. */
import type { Client } from '@temporalio/client';
import type { ChildRequest, ThreadEnvironment } from '../../activities/script/dependencies';
import { SILENT_AFTER_MS } from '../../activities/placement/hosts';
import type { Config } from '../config/config';
import { scriptRef } from '../contracts/script/commands';
import type { Compiled, ScriptEnvironment, Scripts } from '../contracts/script/ports';
import type { ScriptStart } from '../contracts/script/start';
import type { ScriptToolCatalogue } from '../contracts/script/tools';
import { compileScript, formatOf } from '../domain/script/compile-script';
import type { DoorOptions } from '../gateway/doors';
import { ScriptEnvironmentGateway } from '../gateway/script-environment';
import { ScriptPreparation } from '../gateway/script-preparation';
import type { PageTokens } from '../gateway/script-requests';
import { ScriptThreadGateway } from '../gateway/script-threads';
import { ScriptGateway } from '../gateway/scripts';
import type { Webhooks } from '../gateway/webhooks';
import { urlProblem } from '../outgoing/address-rule';
import { makeOnce } from '../store/idempotent-row';
import type { Store } from '../store/store';
import { pageTokens, scriptThreadReads } from './script-reads';
import { scriptTemplates } from './script-templates';

type ScriptConfig = Pick<Config, 'outgoing' | 'scriptLimits'>;

export interface ScriptCallers {
  readonly catalogue: ScriptToolCatalogue;
  readonly webhooks: Pick<Webhooks, 'ofScriptThread'>;
  /** The process refuses new threads because it stops. */
  stopping(): boolean;
  readonly doors?: DoorOptions;
}

export interface ScriptPorts {
  readonly scripts: Scripts;
  readonly environment: ScriptEnvironment;
  readonly threads: ScriptThreadGateway;
}

/** No variable is called so: secrets of the thread above, of which its own knows only that they are some. */
const INHERITED = 'inherited:';

const withInherited = (values: Readonly<Record<string, unknown>>, secrets: readonly string[]): Readonly<Record<string, unknown>> => ({
  ...values,
  ...Object.fromEntries(secrets.map((secret, at) => [`${INHERITED}${at}`, secret])),
});

const withoutInherited = (values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !name.startsWith(INHERITED)));

const environmentGateway = (store: Store, tokens: PageTokens): ScriptEnvironmentGateway =>
  new ScriptEnvironmentGateway(store.scriptEnvironment, (tenant, name) => store.scripts.find(tenant, name), tokens);

const preparation = (store: Store, { scriptLimits }: Pick<Config, 'scriptLimits'>, environment: ScriptEnvironmentGateway): ScriptPreparation =>
  new ScriptPreparation({
    environment,
    limits: { global: scriptLimits.global, tenant: scriptLimits.tenant },
    store: {
      admit: (start, projection, limits) => store.scriptThreads.admit(start, projection, limits),
      async dismiss(tenant, id) {
        await store.scriptThreads.dismiss(tenant, id);
      },
      forgetEnvironment: (tenant, id) => store.scriptThreads.forgetUnowned(tenant, id),
      sealEnvironment: (tenant, id, { values, publicNames, secrets }) =>
        store.secrets.sealValues(scriptRef(tenant, id), { values: withInherited(values, secrets), publicNames }),
      secretsOf: async (tenant, id) => (await store.secrets.named(scriptRef(tenant, id))).secrets,
      putBlob: (tenant, value) => store.blobs.put(tenant, value),
      version: (tenant, name, version) => store.scripts.version(tenant, name, version),
    },
  });

/** What schedules and triggers start, and callers of the API. */
export function scriptThreadGateway(
  client: Client,
  store: Store,
  config: ScriptConfig,
  { webhooks, stopping, doors, tokens }: Omit<ScriptCallers, 'catalogue'> & { readonly tokens: PageTokens },
): ScriptThreadGateway {
  return new ScriptThreadGateway({
    ...{ client, stopping, ...(doors && { doors }) },
    reads: scriptThreadReads(store, tokens),
    preparation: preparation(store, config, environmentGateway(store, tokens)),
    once: (request, id, making) => makeOnce(store.idempotency, request, id, making),
    urlProblem: (url) => urlProblem(url, config.outgoing),
    tellAtEnd: (principal, id, url) => webhooks.ofScriptThread(principal, id, url),
    liveHosts: async () => (await store.hosts.live(SILENT_AFTER_MS)).map(({ hostId }) => hostId),
    store: {
      get: (tenant, id) => store.scriptThreads.get(tenant, id),
      waitForSeq: (address, seq, timeoutMs) => store.feed.waitForSeq(address, seq, timeoutMs),
    },
  });
}

export function scriptPorts(client: Client, store: Store, config: Config, callers: ScriptCallers): ScriptPorts {
  const tokens = pageTokens(config);
  const environment = environmentGateway(store, tokens);
  const threads = scriptThreadGateway(client, store, config, { ...callers, tokens });
  const scripts = new ScriptGateway({
    ...{ tokens, environment, threads, formatOf, catalogue: callers.catalogue, templates: scriptTemplates() },
    store: store.scripts,
    once: (request, id, making) => makeOnce(store.idempotency, request, id, making),
    compile: (content, format) => compileScript(content, format),
  });
  return { scripts, environment, threads };
}

/** For workers: the environment of a thread, and the threads that threads run. */
export function scriptWorld(
  store: Store,
  config: Config,
): {
  readonly environmentOf: (tenant: string, threadId: string) => Promise<ThreadEnvironment>;
  readonly prepareChild: (request: ChildRequest) => Promise<ScriptStart>;
  readonly compile: (source: string) => Compiled;
} {
  const made = preparation(store, config, environmentGateway(store, pageTokens(config)));
  return {
    compile: (source) => compileScript(source, 'scriptum'),
    async environmentOf(tenant, threadId) {
      const actor = scriptRef(tenant, threadId);
      const [{ values }, redact] = await Promise.all([store.secrets.named(actor), store.secrets.redactionFor(actor)]);
      return { values: withoutInherited(values), redact };
    },
    prepareChild: (request) => made.child(request),
  };
}
