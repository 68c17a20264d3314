/** Typing into a session, exactly once: claimed before, with a receipt after, and ptyd as the witness in between. */
import { setTimeout as delay } from 'node:timers/promises';
import type { ActorRef } from '../../src/contracts/actor';
import type { TerminalInput, TypedInput, TypeInputInput } from '../../src/contracts/managed-thread/terminal';
import { keyBytes } from '../../src/domain/managed-thread/keys';
import { storedRef } from '../../src/domain/managed-thread/stored-text';
import { Fault } from '../../src/errors/fault';
import type { Adapter, Keystroke, Screen } from '../agents/adapter';
import type { TerminalDependencies } from './dependencies';
import { ownedSession } from './owned-session';
import { SessionFiles } from './session-files';

/** Between keys given by name: menus drop or merge keys that come too fast. */
const KEY_PAUSE_MS = 50;
const LOOK_MS = 50;

interface Receipt {
  readonly outcome: 'done' | 'unknown';
  readonly sessionId: string;
}

const isNoSession = (error: unknown): boolean => error instanceof Fault && error.code === 'ptyd.no_session';

/**
 * Faults: `thread.cannot_answer_so` (invalid) when the adapter has no keystrokes for the answer, `thread.unknown_key` (invalid); nothing was claimed
 * then. `thread.text_gone` (internal) when a referenced text is not there.
 */
export async function typeInput(deps: TerminalDependencies, request: TypeInputInput, signal?: AbortSignal): Promise<TypedInput> {
  const { actor, effectId, sessionId, input } = request;
  const keystrokes = await keystrokesOf(deps, deps.adapters.get(request.agentType), actor, input);
  const claim = await deps.effects.claim(actor, effectId, `type-${input.kind}`);
  if (claim.state === 'done') return { outcome: (claim.receipt as Receipt).outcome };
  const typing = new Typing(deps, request, keystrokes);
  const outcome = claim.state === 'new' ? await typing.first() : await typing.again(signal);
  if (outcome === 'lost') await deps.effects.release(actor, effectId);
  else await deps.effects.settle(actor, effectId, { outcome, sessionId } satisfies Receipt);
  return { outcome };
}

class Typing {
  private readonly files: SessionFiles;

  constructor(
    private readonly deps: TerminalDependencies,
    private readonly request: TypeInputInput,
    private readonly keystrokes: readonly Keystroke[],
  ) {
    this.files = new SessionFiles(deps.sessionsDir, request.sessionId);
  }

  /** The claim is ours and nothing was typed yet. */
  async first(): Promise<'done' | 'unknown' | 'lost'> {
    const { actor, sessionId, effectId } = this.request;
    const snapshot = await ownedSession(this.deps.ptyd, actor, sessionId);
    if (!snapshot || snapshot.exit) return 'lost';
    this.files.markClaim(effectId);
    return this.type(snapshot.screen);
  }

  /** Somebody claimed and left no receipt: an earlier attempt, or one for a session that is gone. ptyd knows whether this session got it. */
  async again(signal: AbortSignal | undefined): Promise<'done' | 'unknown' | 'lost'> {
    const { actor, sessionId, effectId } = this.request;
    const snapshot = await ownedSession(this.deps.ptyd, actor, sessionId);
    if (!snapshot || !this.files.hasClaim(effectId)) return 'unknown';
    const wrote = await this.settled(signal);
    if (wrote !== 'never') return wrote;
    return snapshot.exit ? 'lost' : this.type();
  }

  /** `seen`: the screen, when it was looked at just now. */
  private async type(seen?: Screen): Promise<'done' | 'unknown' | 'lost'> {
    const { ptyd } = this.deps;
    const { sessionId, effectId, input } = this.request;
    try {
      const screen = seen ?? (await ptyd.screen(sessionId)).screen;
      const begins = input.kind === 'message' || input.kind === 'objective' || input.kind === 'answer';
      this.files.keepBaseline({ id: effectId, screen, recordsBytes: this.files.recordsBytes() }, begins);
      const { written } = await ptyd.write(sessionId, effectId, this.keystrokes);
      return written ? 'done' : this.whatWasTyped();
    } catch (error) {
      if (!isNoSession(error)) throw error;
      return this.whatWasTyped();
    }
  }

  private async whatWasTyped(): Promise<'done' | 'unknown' | 'lost'> {
    const wrote = await this.settled(undefined);
    return wrote === 'never' ? 'lost' : wrote;
  }

  /** Waits while ptyd is typing it. Unknown: it began, and the session ended before it was done, or is gone. */
  private async settled(signal: AbortSignal | undefined): Promise<'done' | 'never' | 'unknown'> {
    const { sessionId, effectId } = this.request;
    for (;;) {
      signal?.throwIfAborted();
      try {
        const wrote = await this.deps.ptyd.wrote(sessionId, effectId);
        if (wrote !== 'started') return wrote;
        if ((await this.deps.ptyd.screen(sessionId)).exit) return 'unknown';
      } catch (error) {
        if (isNoSession(error)) return 'unknown';
        throw error;
      }
      await delay(LOOK_MS);
    }
  }
}

async function keystrokesOf(deps: TerminalDependencies, adapter: Adapter, actor: ActorRef, input: TerminalInput): Promise<readonly Keystroke[]> {
  switch (input.kind) {
    case 'message':
      return adapter.message('text' in input.message ? input.message.text : await storedText(deps, actor, input.message.ref));
    case 'objective':
      return adapter.message((await deps.specs.read(actor.tenant, input.specRef)).objective);
    case 'raw':
      return [{ data: await maybeStored(deps, actor, input.data) }];
    case 'keys':
      return input.keys.map((name) => ({ data: bytesOf(name), pauseMs: KEY_PAUSE_MS }));
    case 'interrupt':
      return adapter.interrupt();
    case 'answer': {
      const { answer } = input;
      const keystrokes = adapter.answer(input.ask, 'text' in answer ? { text: await maybeStored(deps, actor, answer.text) } : answer);
      if (keystrokes) return keystrokes;
      throw new Fault('invalid', 'thread.cannot_answer_so', 'This prompt cannot be answered in this way.', {
        askId: input.ask.id,
        options: input.ask.options.map(({ option }) => option),
      });
    }
  }
}

function bytesOf(name: string): string {
  const bytes = keyBytes(name);
  if (bytes === null) throw new Fault('invalid', 'thread.unknown_key', `There is no key ${name}.`, { key: name });
  return bytes;
}

/** What a mark stands for; any other text, and a mark of nothing, is meant as it is. */
async function maybeStored(deps: TerminalDependencies, actor: ActorRef, text: string): Promise<string> {
  const ref = storedRef(text);
  return (ref === null ? null : await deps.blobs.get(actor.tenant, ref)) ?? text;
}

async function storedText(deps: TerminalDependencies, actor: ActorRef, ref: string): Promise<string> {
  const text = await deps.blobs.get(actor.tenant, ref);
  if (text === null) throw new Fault('internal', 'thread.text_gone', 'The text of a message is not in the store.', { ref });
  return text;
}
