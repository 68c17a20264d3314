/**
 * Channels of `send`: those that the operator configured, and `webhook`, whose address the step gives. A message is a `POST` of its fields as a JSON object, so that chat systems take it as it is; who
 * sent it stands in headers. Signed as webhooks are where the operator gave a secret.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Json } from '../contracts/pattern/json';
import type { ScriptChannels } from '../contracts/script/tools';
import { nearest } from '../domain/nearest';
import { signatureOf } from '../domain/webhook/signature';
import { Fault } from '../errors/fault';
import { URL_MAX, type AddressRule } from '../outgoing/address-rule';
import { guardedRequest, type OutgoingAnswer } from '../outgoing/guarded-request';
import { HttpHeaders } from '../outgoing/header-fields';

export interface ChannelSettings {
  readonly channels: Readonly<Record<string, string>>;
  readonly secret: string | null;
  /** Of addresses that scripts give; those of the operator may be private. */
  readonly rule: AddressRule;
  /** Waits before the second try and the further ones. */
  readonly delaysMs?: readonly number[];
}

type Message = Parameters<ScriptChannels['send']>[0];

/** What the address of a message is, and what is sent there. */
interface Addressed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fields: Readonly<Record<string, Json>>;
  readonly rule: AddressRule;
  readonly secret: string | null;
}

const WEBHOOK = 'webhook';
const BODY_MAX = 256 * 1024;
const ANSWER_MAX = 16 * 1024;
const TIMEOUT_MS = 15_000;
const DELAYS_MS = [1_000, 4_000] as const;
const TRY_AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

const Webhook = z.looseObject({ url: z.url({ protocol: /^https?$/ }).max(URL_MAX), headers: HttpHeaders.optional() });

export const scriptChannels = (settings: ChannelSettings): ScriptChannels => ({
  names: [...Object.keys(settings.channels), WEBHOOK].sort(),
  async send(message) {
    const addressed = addressedOf(message, settings);
    const body = JSON.stringify(addressed.fields);
    if (Buffer.byteLength(body) > BODY_MAX)
      throw new Fault('invalid', 'script_channel.fields', `The message has more than ${BODY_MAX} bytes of JSON.`, { max: BODY_MAX });
    const waits = settings.delaysMs ?? DELAYS_MS;
    for (let attempt = 0; ; attempt++) {
      const { answer, problem } = await tried(message, addressed, body);
      if (answer) return { status: answer.status, durationMs: answer.durationMs };
      const wait = problem.kind === 'unavailable' ? waits[attempt] : undefined;
      if (wait === undefined) throw problem;
      await delay(wait, undefined, { signal: message.signal });
    }
  },
});

function addressedOf({ channel, fields }: Message, { channels, secret, rule }: ChannelSettings): Addressed {
  if (channel === WEBHOOK) {
    const read = Webhook.safeParse(fields);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new Fault('invalid', 'script_channel.fields', `${issue?.path.join('.') || 'url'}: ${issue?.message ?? 'is not valid'}`, { channel });
    }
    const { url, headers = {}, ...rest } = read.data;
    return { url, headers, fields: rest as Readonly<Record<string, Json>>, rule, secret: null };
  }
  const url = Object.hasOwn(channels, channel) ? channels[channel] : undefined;
  if (url !== undefined) return { url, headers: {}, fields, rule: { allowPrivate: true }, secret };
  const known = [...Object.keys(channels), WEBHOOK];
  const message = `There is no channel "${channel}".${nearest(channel, known)} There are ${known.join(', ')}; the operator adds others in EVERTHREAD_SCRIPT_CHANNELS.`;
  throw new Fault('not_found', 'script_channel.unknown', message, { channel, known });
}

type Tried = { readonly answer: OutgoingAnswer; readonly problem?: never } | { readonly answer?: never; readonly problem: Fault };

async function tried(message: Message, { url, headers, rule, secret }: Addressed, body: string): Promise<Tried> {
  try {
    const answer = await guardedRequest(
      {
        url,
        method: 'POST',
        headers: { ...headers, ...headersOf(message, body, secret) },
        body,
        timeoutMs: TIMEOUT_MS,
        maxBytes: ANSWER_MAX,
        cut: true,
        signal: message.signal,
      },
      rule,
    );
    if (answer.status >= 200 && answer.status < 300) return { answer };
    const words = `The receiver of the channel "${message.channel}" answered ${answer.status}.`;
    const again = answer.status >= 500 || TRY_AGAIN.has(answer.status);
    return {
      problem: new Fault(again ? 'unavailable' : 'invalid', again ? 'script_channel.unavailable' : 'script_channel.refused', words, { status: answer.status }),
    };
  } catch (thrown) {
    message.signal.throwIfAborted();
    if (!(thrown instanceof Fault) || thrown.code === 'outgoing.address_refused') throw thrown;
    return {
      problem: new Fault('unavailable', 'script_channel.unavailable', `The channel "${message.channel}" cannot be reached: ${thrown.message}`, {}, thrown),
    };
  }
}

function headersOf({ deliveryId, channel, tenant, threadId, stepPath }: Message, body: string, secret: string | null): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  return {
    'Content-Type': 'application/json',
    'User-Agent': 'Everthread-Scripts/1',
    'Idempotency-Key': deliveryId,
    'X-Everthread-Delivery': deliveryId,
    'X-Everthread-Channel': channel,
    'X-Everthread-Tenant': tenant,
    'X-Everthread-Thread': threadId,
    'X-Everthread-Step': stepPath,
    'X-Everthread-Timestamp': timestamp,
    ...(secret !== null && { 'X-Everthread-Signature': signatureOf([secret], 'timestamped', timestamp, body) }),
  };
}
