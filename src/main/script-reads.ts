/** What is read of threads of scripts, over the store. */
import type { Config } from '../config/config';
import { sealingKeysOf } from '../config/kept';
import { scriptRef } from '../contracts/script/commands';
import { readBytes } from '../domain/script/kept-bytes';
import { KeptValues } from '../domain/script/kept-values';
import { REDACTED } from '../domain/redaction';
import { Fault } from '../errors/fault';
import type { PageTokens } from '../gateway/script-requests';
import { ScriptThreadReads } from '../gateway/script-thread-reads';
import type { Store } from '../store/store';
import { Cursors } from '../surfaces/http/cursor';

/** The tokens of pages are the cursors of lists, told in the words of scripts. */
export function pageTokens(config: Config): PageTokens {
  const { current, keys } = sealingKeysOf(config);
  const cursors = new Cursors(keys[current] as Uint8Array);
  return {
    seal: (purpose, place) => cursors.seal(purpose, place),
    open(purpose, token) {
      try {
        return cursors.open(purpose, token);
      } catch {
        const reason = 'expected what the page before gave out, with the same filter';
        throw new Fault('invalid', 'script.page_token', `page_token: ${reason}`, { field: 'page_token', reason });
      }
    },
  };
}

export const scriptThreadReads = (store: Store, tokens: PageTokens): ScriptThreadReads =>
  new ScriptThreadReads(
    {
      get: (tenant, id) => store.scriptThreads.get(tenant, id),
      list: (tenant, filter) => store.scriptThreads.list(tenant, filter),
      steps: (tenant, id, page) => store.scriptSteps.steps(tenant, id, page),
      placed: (tenant, id, path) => store.scriptSteps.placed(tenant, id, path),
      stepEvents: (address, path, between) => store.scriptSteps.events(address, path, between),
      follow: (address, after, signal) => store.feed.subscribeActor(address, after, { signal }),
      yields: (tenant, id, page) => store.scriptSteps.yields(tenant, id, page),
      artifacts: (tenant, id, page) => store.scriptSteps.artifacts(tenant, id, page),
      artifact: (tenant, id, artifactId) => store.scriptSteps.artifact(tenant, id, artifactId),
      async text(tenant, threadId, value) {
        const { text, secret } = await new KeptValues(store.blobs, tenant).readText(value);
        return secret ? withoutSecretsOf(store, { tenant, threadId, text }) : text;
      },
      bytes: (tenant, ref) => readBytes(store.blobs, tenant, ref),
    },
    tokens,
  );

async function withoutSecretsOf(
  { secrets }: Store,
  { tenant, threadId, text }: { readonly tenant: string; readonly threadId: string; readonly text: string },
): Promise<string> {
  const actor = scriptRef(tenant, threadId);
  // The environment goes some time after the end, and with it the knowledge of what is to be left out: then nothing of it is shown.
  if (!(await secrets.named(actor)).known) return JSON.stringify(REDACTED);
  return JSON.stringify((await secrets.redactionFor(actor))(JSON.parse(text) as unknown));
}
