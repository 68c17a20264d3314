/**
 * What happens around each call of the service, as around each request over HTTP: who calls and may they, the limit of requests, the audit log, faults as statuses, metrics, traces and one line in the log. A call
 * ends with its deadline, its client, its credential and the process.
 */
import { create, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { Code, ConnectError, type HandlerContext } from '@connectrpc/connect';
import type { Principal } from '../../../contracts/principal';
import { Fault } from '../../../errors/fault';
import type { ShellOptions } from '../../http/app';
import { audited } from '../../http/audit';
import { onCredentialEnd } from '../../http/credential-end';
import { admit, idempotencyKeyOf, requestIdOf } from '../../http/exchange';
import { shownFault, statusOf } from '../../http/fault-status';
import { openNow, refuseForeign } from '../../http/foreign';
import { assertScope } from '../../http/scope';
import { Streams } from '../../http/sse';
import { faultStatus } from '../fault-body';
import { assertWithinBounds } from '../message-bounds';
import type { AnyMethod, Call, OpenStream } from '../methods';
import type { ScriptumPorts } from '../ports';
import { peerOf } from './peer';
import { statusError } from './status';

export type GrpcOptions = Omit<ShellOptions, 'surfaces' | 'corsOrigins' | 'timing'>;

/** HTTP statuses of what Connect says by itself, for metrics: of the rest the fault knows it. */
const STATUSES: Partial<Readonly<Record<Code, number>>> = { [Code.Canceled]: 499, [Code.DeadlineExceeded]: 504, [Code.InvalidArgument]: 400 };

interface Facts {
  readonly requestId: string;
  status: number;
  tenant?: string;
  subject?: string;
}

interface Serving {
  readonly method: AnyMethod;
  readonly context: HandlerContext;
  readonly facts: Facts;
}

/** Settles with the signal at the latest: what goes on by itself is waited for by nobody. */
function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const over = (): void => reject(signal.reason instanceof Error ? signal.reason : new ConnectError('The call was cancelled.', Code.Canceled));
    if (signal.aborted) over();
    signal.addEventListener('abort', over, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', over));
  });
}

export class Calls {
  readonly #streams: Streams;

  constructor(
    private readonly options: GrpcOptions,
    private readonly ports: ScriptumPorts,
    private readonly stopping: AbortSignal,
  ) {
    this.#streams = new Streams(options.maxStreams ?? 1_000);
  }

  async unary(method: AnyMethod, input: object, context: HandlerContext): Promise<unknown> {
    let answer: unknown;
    await this.#observed(method, context, async (serving) => {
      const output = await within(context.signal, this.#worked(serving, input));
      answer = create(method.descriptor.output, output as never);
    });
    return answer;
  }

  /** Messages are taken from their source as fast as the client takes them. */
  async *streamed(method: AnyMethod, input: object, context: HandlerContext): AsyncGenerator<MessageShape<DescMessage>, void, void> {
    let open: OpenStream | undefined;
    let principal: Principal | undefined;
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const over = new AbortController();
    const requestId = await this.#observed(method, context, async (serving) => {
      open = (await within(
        context.signal,
        this.#worked(serving, input, (who) => (principal = who)),
      )) as OpenStream;
      // Throws at once when there are as many streams as there may be.
      this.#streams.hold(() => held).catch((problem: unknown) => over.abort(problem));
      if (over.signal.aborted) throw over.signal.reason;
    });
    const ends = this.#endings(context, principal, over);
    const closed = this.options.observer?.opened('scriptum', 'grpc');
    try {
      for await (const { message } of (open as OpenStream)(over.signal)) {
        if (over.signal.aborted) break;
        yield create(method.descriptor.output, message as never);
      }
      if (over.signal.aborted) throw over.signal.reason;
    } catch (thrown) {
      const reason: unknown = over.signal.aborted ? over.signal.reason : thrown;
      if (shownFault(reason).kind === 'internal' && !(reason instanceof ConnectError)) this.options.log.error({ err: reason, requestId }, 'stream failed');
      throw statusError(reason, requestId);
    } finally {
      ends();
      closed?.();
      release?.();
      over.abort();
    }
  }

  #endings({ signal }: HandlerContext, principal: Principal | undefined, over: AbortController): () => void {
    const left = (): void => over.abort(signal.reason ?? new ConnectError('The call was cancelled.', Code.Canceled));
    const stop = (): void => over.abort(new Fault('unavailable', 'stream.restarting', 'The server restarts; call again.'));
    signal.addEventListener('abort', left, { once: true });
    this.stopping.addEventListener('abort', stop, { once: true });
    if (signal.aborted) left();
    if (this.stopping.aborted) stop();
    const unwatch = principal && onCredentialEnd(principal, () => over.abort(new Fault('unauthenticated', 'access.ended', 'The credential has ended.')));
    return () => {
      signal.removeEventListener('abort', left);
      this.stopping.removeEventListener('abort', stop);
      unwatch?.();
    };
  }

  /** Answers the id of the exchange. */
  async #observed(method: AnyMethod, context: HandlerContext, work: (serving: Serving) => Promise<void>): Promise<string> {
    const { observer, log } = this.options;
    const { headers } = peerOf(context.values);
    const facts: Facts = { requestId: requestIdOf(headers), status: 200 };
    const route = `/${method.descriptor.parent.typeName}/${method.descriptor.name}`;
    const began = performance.now();
    context.responseHeader.set('x-request-id', facts.requestId);
    let failed: ConnectError | undefined;
    const serve = async () => {
      await work({ method, context, facts }).catch((thrown: unknown) => {
        facts.status = thrown instanceof ConnectError ? (STATUSES[thrown.code] ?? 500) : statusOf(shownFault(thrown), faultStatus);
        if (facts.status === 500) log.error({ err: thrown, requestId: facts.requestId, method: route }, 'request failed');
        failed = statusError(thrown, facts.requestId);
      });
      return { surface: 'scriptum', route, status: facts.status, requestId: facts.requestId, streamed: method.descriptor.methodKind === 'server_streaming' };
    };
    if (observer) await observer.around({ method: 'POST', headers }, serve);
    else await serve();
    const ms = Math.round((performance.now() - began) * 10) / 10;
    log.info({ requestId: facts.requestId, method: 'GRPC', path: route, status: facts.status, ms, tenant: facts.tenant, subject: facts.subject }, 'request');
    if (failed) throw failed;
    return facts.requestId;
  }

  async #worked({ method, context, facts }: Serving, input: object, told: (principal: Principal) => void = () => undefined): Promise<unknown> {
    const peer = peerOf(context.values);
    const { scope } = method;
    const mode = await openNow(this.options.open);
    if (mode) refuseForeign(peer.headers, mode);
    const principal = await admit(peer, { scope, requestId: facts.requestId }, this.options);
    told(principal);
    facts.tenant = principal.tenant;
    facts.subject = principal.subject;
    const { requestId } = facts;
    return this.#recorded(method, { input, principal, requestId, address: this.options.proxies?.addressOf(peer) ?? null }, async () => {
      assertScope(principal, scope);
      await this.#limited(method, principal, context);
      assertWithinBounds(method.descriptor.input, input);
      const replayed = (): void => context.responseHeader.set('idempotency-replayed', 'true');
      const call: Call = { principal, requestId, replayed, idempotencyKey: idempotencyKeyOf(peer.headers), resumeAfter: null, signal: context.signal };
      return method.handle(input, call, this.ports);
    });
  }

  async #limited({ scope, limit, changes }: AnyMethod, principal: Principal, { responseHeader }: HandlerContext): Promise<void> {
    const { limits } = this.options;
    if (!limits || scope === 'public') return;
    const spent = await limits.spend(limit ?? (changes ? 'write' : 'read'), principal);
    for (const [name, value] of Object.entries(spent)) responseHeader.set(name, value);
  }

  #recorded(
    method: AnyMethod,
    { input, ...who }: { readonly input: object; readonly principal: Principal; readonly requestId: string; readonly address: string | null },
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const { audit, log } = this.options;
    if (!audit || !method.changes || method.readsOnly || method.scope === 'public') return work();
    const { name } = method.descriptor;
    const attempt = { ...who, action: `scriptum.${name.charAt(0).toLowerCase()}${name.slice(1)}`, resourceType: method.resource, params: input };
    return audited({ audit, log, faultStatus }, attempt, work, (body) => ({ status: 200, body }));
  }
}
