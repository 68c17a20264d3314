/**
 * Gives a Temporal namespace the search attributes that every actor sets, on any cluster: with visibility in SQL or in Elasticsearch, and where the credentials may not
 * change it, only looks whether somebody did.
 *
 * A server with visibility in SQL maps each name to a column that it chooses at random; of two who add one name at the same moment it may map both. Whoever calls this for one
 * namespace from several processes takes turns (src/store/starter-lock.ts).
 */
import { Connection, isGrpcServiceError } from '@temporalio/client';
import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config';
import { SEARCH_ATTRIBUTES } from '../contracts/actor';
import { Fault } from '../errors/fault';
import { temporalAddress, temporalOptions, temporalUnavailable } from './connections';

/** `INDEXED_VALUE_TYPE_KEYWORD` in Temporal's API. */
const KEYWORD = 2;
/** Servers cache what a namespace has: two seconds with SQL, up to a minute with Elasticsearch. */
const PATIENCE_MS = 90_000;
const CALL_MS = 15_000;
const GRPC = { invalid: 3, notFound: 5, forbidden: 7, unimplemented: 12, unauthenticated: 16 } as const;

/**
 * Adds what the namespace lacks and waits until queries can use all of it; returns the names of what was added. Faults: `temporal.unavailable`, `temporal.namespace_missing`
 * (not_found), `temporal.not_allowed` (forbidden), `temporal.search_attribute_type` (conflict), `temporal.search_attributes` (unavailable).
 */
export async function registerSearchAttributes(config: Config): Promise<readonly string[]> {
  const connection = await Connection.connect({ ...temporalOptions(config), connectTimeout: CALL_MS }).catch((problem: unknown) => {
    throw temporalUnavailable(config, problem);
  });
  try {
    const namespace = new Namespace(connection, config);
    await namespace.exists();
    const added = await namespace.addMissing();
    await namespace.untilUsable();
    return added;
  } finally {
    await connection.close();
  }
}

const codeOf = (problem: unknown): number | null => (isGrpcServiceError(problem) ? problem.code : null);
const isRefusal = (problem: unknown): boolean => ([GRPC.forbidden, GRPC.unimplemented, GRPC.unauthenticated] as (number | null)[]).includes(codeOf(problem));
const wordsOf = (problem: unknown): string => (isGrpcServiceError(problem) ? problem.details : String(problem));

class Namespace {
  private readonly name: string;

  constructor(
    private readonly connection: Connection,
    private readonly config: Config,
  ) {
    this.name = config.temporal.namespace;
  }

  private call<T>(work: () => Promise<T>): Promise<T> {
    return this.connection.withDeadline(Date.now() + CALL_MS, work);
  }

  async exists(): Promise<void> {
    const { name, config } = this;
    await this.call(() => this.connection.workflowService.describeNamespace({ namespace: name })).catch((problem: unknown) => {
      const address = temporalAddress(config);
      if (codeOf(problem) === GRPC.notFound) {
        const message = `The cluster at ${address} has no namespace ${name}. Make it with \`temporal operator namespace create --address ${address} --namespace ${name} --retention 7d\` (in Temporal Cloud: in its console, or with \`tcld namespace create\`), or set EVERTHREAD_TEMPORAL_NAMESPACE to another one.`;
        throw new Fault('not_found', 'temporal.namespace_missing', message, { namespace: name, address });
      }
      if (isRefusal(problem)) {
        const message = `The cluster at ${address} does not let these credentials into the namespace ${name}: ${wordsOf(problem)}. Check TEMPORAL_API_KEY or the client certificate, and the name.`;
        throw new Fault('forbidden', 'temporal.not_allowed', message, { namespace: name, address });
      }
      throw temporalUnavailable(config, problem);
    });
  }

  async addMissing(): Promise<readonly string[]> {
    const missing = await this.missing();
    if (missing.length === 0) return [];
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]));
    try {
      await this.call(() => this.connection.operatorService.addSearchAttributes({ namespace: this.name, searchAttributes }));
    } catch (problem) {
      if (isRefusal(problem)) throw this.notAllowed(missing);
      // Somebody who took no turn may have added them at the same moment.
      if ((await this.missing()).length > 0) throw this.failed(`they could not be added: ${wordsOf(problem)}`, missing);
    }
    return missing;
  }

  /** Names that the namespace lacks; none when it may not be asked and queries can use all. */
  private async missing(): Promise<readonly string[]> {
    const answer = await this.call(() => this.connection.operatorService.listSearchAttributes({ namespace: this.name })).catch((problem: unknown) => {
      if (isRefusal(problem)) return null;
      throw temporalUnavailable(this.config, problem);
    });
    if (answer === null) {
      if (await this.areUsable()) return [];
      throw this.notAllowed(SEARCH_ATTRIBUTES);
    }
    const known = answer.customAttributes ?? {};
    const wrong = SEARCH_ATTRIBUTES.filter((name) => name in known && known[name] !== KEYWORD);
    if (wrong.length > 0) {
      const message = `The namespace ${this.name} has search attributes of our names that are not keywords: ${wrong.join(', ')}. Remove them with \`temporal operator search-attribute remove\`, or use another namespace.`;
      throw new Fault('conflict', 'temporal.search_attribute_type', message, { namespace: this.name, attributes: wrong });
    }
    return SEARCH_ATTRIBUTES.filter((name) => !(name in known));
  }

  /** What is added is used by the server a little later than it is listed; a query with all of them is the proof. */
  async untilUsable(): Promise<void> {
    for (const by = Date.now() + PATIENCE_MS; !(await this.areUsable()); await delay(200)) {
      if (Date.now() > by) throw this.failed('they are there, but queries cannot use them yet', SEARCH_ATTRIBUTES);
    }
  }

  private async areUsable(): Promise<boolean> {
    const query = SEARCH_ATTRIBUTES.map((name) => `${name} = 'everthread'`).join(' and ');
    try {
      await this.call(() => this.connection.workflowService.countWorkflowExecutions({ namespace: this.name, query }));
      return true;
    } catch (problem) {
      const code = codeOf(problem);
      if (code === GRPC.invalid || code === GRPC.notFound) return false;
      throw temporalUnavailable(this.config, problem);
    }
  }

  private notAllowed(names: readonly string[]): Fault {
    const flags = names.map((name) => `--name ${name} --type Keyword`).join(' ');
    const cloud = names.map((name) => `--search-attribute ${name}=Keyword`).join(' ');
    const message = `These credentials may not add search attributes to the namespace ${this.name}, and it lacks some. Let an operator run \`temporal operator search-attribute create --namespace ${this.name} ${flags}\` (in Temporal Cloud: \`tcld namespace search-attributes add --namespace ${this.name} ${cloud}\`), then run this again.`;
    return new Fault('forbidden', 'temporal.not_allowed', message, { namespace: this.name, attributes: names });
  }

  private failed(why: string, attributes: readonly string[]): Fault {
    const message = `The search attributes ${attributes.join(', ')} of the namespace ${this.name} are not in order: ${why}.`;
    return new Fault('unavailable', 'temporal.search_attributes', message, { namespace: this.name, attributes });
  }
}
