/** What a method of the service is here: who may call it, what it counts as, and what it does. gRPC (../grpc) and HTTP (./routes.ts) are served from one table of these. */
import type { DescMethod, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Principal } from '../../contracts/principal';
import type { LimitClass } from '../http/limits';
import type { Examples } from '../http/route';
import type { Scope } from '../http/scope';
import type { ScriptumService } from './generated/dodil/scriptum/v1/scriptum_pb';
import type { ScriptumPorts } from './ports';

type Descriptors = (typeof ScriptumService)['method'];
export type MethodName = keyof Descriptors;

/** Who calls, and how; the same for both wires. */
export interface Call {
  readonly principal: Principal;
  readonly requestId: string;
  readonly idempotencyKey: string | null;
  /** Says with the answer that an earlier request with the same key made it: `Idempotency-Replayed`. */
  readonly replayed: () => void;
  /** Of `Last-Event-ID`; null: not sent. */
  readonly resumeAfter: number | null;
  /** Aborted when the client goes away or its deadline is over. */
  readonly signal: AbortSignal;
}

/** A message of a stream. `sequence`: the place after it, where a watch can be taken up again. `event`: its name as a server-sent event. */
export interface Streamed<T> {
  readonly message: T;
  readonly sequence: number | null;
  readonly event: string;
}

export type Input<K extends MethodName> = MessageShape<Descriptors[K]['input']>;
export type Output<K extends MethodName> = MessageInitShape<Descriptors[K]['output']>;

export interface Policy {
  readonly summary: string;
  readonly scope: Scope;
  readonly limit?: LimitClass;
  /** Changes nothing although it is no GET: it leaves no entry in the audit log. */
  readonly readsOnly?: true;
  /** What it is about, for the audit log. */
  readonly resource: 'script' | 'script-thread' | 'environment' | 'catalogue';
  /** Whether a key of the request means something. */
  readonly idempotent?: true;
  readonly examples?: Examples;
}

/** A stream is opened in two steps, so that what is refused is refused before anything is sent. */
type Handle<K extends MethodName> = Descriptors[K]['methodKind'] extends 'server_streaming'
  ? (input: Input<K>, call: Call, ports: ScriptumPorts) => Promise<(signal: AbortSignal) => AsyncIterable<Streamed<Output<K>>>>
  : (input: Input<K>, call: Call, ports: ScriptumPorts) => Promise<Output<K>>;

export type Method<K extends MethodName> = Policy & { readonly handle: Handle<K> };
export type Methods<K extends MethodName = MethodName> = { readonly [N in K]: Method<N> };

/** A method whose types are forgotten: what both wires work with. */
export interface AnyMethod extends Policy {
  readonly descriptor: DescMethod;
  /** Whether it is no GET over HTTP. */
  readonly changes: boolean;
  handle(input: unknown, call: Call, ports: ScriptumPorts): Promise<unknown>;
}

export type OpenStream = (signal: AbortSignal) => AsyncIterable<Streamed<never>>;
