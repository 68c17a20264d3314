/**
 * What the client throws. One class for each kind of refusal, so that `instanceof` decides; `code` is the precise one of docs/errors.md, or `client.…` for what
 * happened before a server answered.
 */

export interface ErrorDetails {
  /** The HTTP status; 0 when nobody answered. */
  readonly status: number;
  readonly code: string;
  /** Facts beside the text: `field`, bounds, what is known. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The id of the exchange, for the operator; null when nobody answered. */
  readonly requestId: string | null;
  /** How long to wait before trying again, where the server said so. */
  readonly retryAfterMs: number | null;
}

export class EverthreadError extends Error {
  readonly status: number;
  readonly code: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;

  constructor(message: string, details: ErrorDetails, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.status = details.status;
    this.code = details.code;
    this.facts = details.facts;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The request is wrong: `facts.field` names where. */
export class InvalidError extends EverthreadError {}
export class UnauthenticatedError extends EverthreadError {}
export class ForbiddenError extends EverthreadError {}
/** Nothing of this id is there for this credential. */
export class NotFoundError extends EverthreadError {}
/** The state of things does not allow it. */
export class ConflictError extends EverthreadError {}
/** Too many requests, or a queue is full; `retryAfterMs` says how long to wait. */
export class RateLimitedError extends EverthreadError {}
export class TimeoutError extends EverthreadError {}
export class UnsupportedError extends EverthreadError {}
/** Nobody answers, or the server cannot now. Trying again later may help. */
export class UnavailableError extends EverthreadError {}
/** The server failed; its log has the cause under `requestId`. */
export class InternalError extends EverthreadError {}

type ErrorClass = new (message: string, details: ErrorDetails, cause?: unknown) => EverthreadError;

const CLASSES: Readonly<Record<number, ErrorClass>> = {
  401: UnauthenticatedError,
  403: ForbiddenError,
  404: NotFoundError,
  408: TimeoutError,
  409: ConflictError,
  429: RateLimitedError,
  501: UnsupportedError,
  502: UnavailableError,
  503: UnavailableError,
  504: UnavailableError,
};

const classOf = (status: number): ErrorClass => CLASSES[status] ?? (status >= 500 ? InternalError : InvalidError);

/** Nobody answered. */
export const unreachable = (url: string, cause: unknown): EverthreadError =>
  new UnavailableError(
    `Nobody answers at ${url} (${reasonOf(cause)}).`,
    { status: 0, code: 'client.unreachable', facts: { url }, requestId: null, retryAfterMs: null },
    cause,
  );

/** The server did not answer within the client's own limit. */
export const tooLate = (url: string, timeoutMs: number): EverthreadError =>
  new TimeoutError(`${url} did not answer within ${timeoutMs} ms.`, {
    status: 0,
    code: 'client.timeout',
    facts: { url, timeoutMs },
    requestId: null,
    retryAfterMs: null,
  });

/** The error inside of the error is the one that says what happened. */
const reasonOf = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  return inner instanceof Error ? inner.message : String(inner);
};

/** `Retry-After` in seconds, or as a date. */
function retryAfterOf(headers: Headers, now: number): number | null {
  const given = headers.get('retry-after');
  if (given === null) return null;
  const ms = /^\d+$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

const objectOf = (value: unknown): Readonly<Record<string, unknown>> => (typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {});
const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

interface Said {
  readonly message: string | null;
  readonly code: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
}

/** `{code, message, details}` of google.rpc.Status: the precise code is in the metadata of its ErrorInfo. */
function statusIn(body: Readonly<Record<string, unknown>>): Said {
  const details = (body.details as readonly unknown[]).map(objectOf);
  const of = (name: string) => details.find((detail) => textOf(detail['@type'])?.endsWith(name)) ?? {};
  const { reason, metadata } = of('google.rpc.ErrorInfo');
  const { code, ...facts } = objectOf(metadata);
  return { message: textOf(body.message), code: textOf(code), facts: { ...facts, reason }, requestId: textOf(of('google.rpc.RequestInfo').requestId) };
}

function nestedIn(body: Readonly<Record<string, unknown>>): Said {
  const { message, code, details } = objectOf(body.error);
  const { code: precise, ...facts } = objectOf(details);
  return { message: textOf(message), code: textOf(precise) ?? textOf(code), facts, requestId: textOf(body.requestId) };
}

function flatIn({ error, code, requestId, ...facts }: Readonly<Record<string, unknown>>): Said {
  return { message: textOf(error), code: textOf(code), facts, requestId: textOf(requestId) };
}

function saidIn(body: Readonly<Record<string, unknown>>): Said {
  if (Array.isArray(body.details) && typeof body.code === 'number') return statusIn(body);
  return textOf(body.error) === null && textOf(objectOf(body.error).message) !== null ? nestedIn(body) : flatIn(body);
}

/**
 * What an answer that is not a success says. Surfaces speak in one of three forms: flat (`{error, code, requestId, …facts}`),
 * `{error: {code, message, details}, requestId}`, where `details.code` is the precise code, or google.rpc.Status.
 */
export async function refusalOf(response: Response): Promise<EverthreadError> {
  const text = (await response.text().catch(() => '')).slice(0, 1_000_000);
  const { message, code, facts, requestId } = saidIn(objectOf(parsed(text)));
  return new (classOf(response.status))(message ?? (text.slice(0, 500) || `The server answered ${response.status}.`), {
    status: response.status,
    code: code ?? `http.${response.status}`,
    facts,
    requestId: requestId ?? response.headers.get('x-request-id'),
    retryAfterMs: retryAfterOf(response.headers, Date.now()),
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
