/** A command as it came in, by either door. */
import * as wf from '@temporalio/workflow';
import { Envelope, type Cause, type CommandDefinition, type Received } from '../../src/contracts/actor';
import { parse } from '../../src/contracts/parse';

/**
 * Opens the envelope; a bare input (signalled by hand) gets one. A validator does not run again at replay, so it must not draw
 * from the workflow's random source: it passes a `bareId` of its own.
 */
export function received(definition: CommandDefinition, payload: unknown, via: Cause['via'], bareId: () => string = () => `bare-${wf.uuid4()}`): Received {
  const enveloped = Envelope.safeParse(payload);
  const isEnveloped = enveloped.success && typeof payload === 'object' && payload !== null && 'input' in payload;
  const { requestId, by, input } = isEnveloped
    ? enveloped.data
    : { requestId: bareId(), by: { subject: via === 'signal' ? 'signal' : 'update', via }, input: payload ?? {} };
  return {
    name: definition.name,
    input: parse(definition.input, input, `${definition.name}.invalid`),
    requestId,
    by,
    at: new Date(Date.now()).toISOString(),
  };
}
