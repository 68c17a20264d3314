/** What a model says while it says it, without secrets: a few frames a second, kept for those who come late and sent to those who watch. */
import type { CognitionDelta, ModelSource } from '../../src/contracts/run/ports';
import type { DeltaFrame, StreamDelta } from '../../src/contracts/run/thinking';
import { JsonRedactionStream, redactionStream, type RedactionStream } from '../../src/domain/redaction-stream';
import { RUN_REDACTION } from '../../src/domain/run/redaction';

/** How long deltas are collected into one frame. */
const COLLECT_MS = 50;
/** Characters of one delta; longer ones are told in several. */
const DELTA_CHARS = 4_000;
/** Deltas that may wait while the database is slow; what is above is dropped. */
const WAITING_MAX = 2_000;

export interface LiveDeltasOptions {
  readonly turn: string;
  readonly redact: (text: string) => string;
  readonly knownSecrets: readonly string[];
  /** Keeps the frame, then sends it. Called for one frame at a time. */
  readonly send: (frame: DeltaFrame) => Promise<void>;
}

export class LiveDeltas {
  readonly #waiting: StreamDelta[] = [];
  readonly #text: RedactionStream;
  readonly #thinking: RedactionStream;
  readonly #args = new Map<string, { readonly json: JsonRedactionStream; readonly text: RedactionStream }>();
  #timer: NodeJS.Timeout | null = null;
  #n = 0;
  #sending: Promise<void> | null = null;

  constructor(private readonly options: LiveDeltasOptions) {
    this.#text = redactionStream(options.redact, options.knownSecrets);
    this.#thinking = redactionStream(options.redact, options.knownSecrets);
  }

  add(delta: CognitionDelta): void {
    switch (delta.type) {
      case 'token':
        this.#say('thinking', this.#thinking.end());
        return this.#say('token', this.#text.push(delta.text));
      case 'thinking':
        return this.#say('thinking', this.#thinking.push(delta.text));
      case 'source':
        return this.#source(delta.source);
      case 'tool_use_start':
        this.#endTexts();
        this.#args.set(delta.id, { json: new JsonRedactionStream(RUN_REDACTION), text: redactionStream(this.options.redact, this.options.knownSecrets) });
        return this.#push({ ...delta, tool: this.options.redact(delta.tool) });
      case 'tool_use_arg_delta': {
        const args = this.#args.get(delta.id);
        if (args) this.#argument(delta.id, args.text.push(args.json.push(delta.delta)));
        return;
      }
      case 'tool_use_done':
        this.#argument(delta.id, this.#args.get(delta.id)?.text.end() ?? '');
        this.#args.delete(delta.id);
        return this.#push(delta);
    }
  }

  /** Sends what is left and `last`, and resolves when it is out. */
  async end(last: StreamDelta): Promise<void> {
    this.#endTexts();
    this.#push(last);
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#begin();
    while (this.#sending) await this.#sending;
  }

  #say(type: 'token' | 'thinking', text: string): void {
    for (let at = 0; at < text.length; at += DELTA_CHARS) this.#push({ type, text: text.slice(at, at + DELTA_CHARS) });
  }

  #source({ url, title }: ModelSource): void {
    const clean = (text: string | null): string | null => text && this.options.redact(text);
    this.#push({ type: 'source', source: { url: clean(url), title: clean(title) } });
  }

  #endTexts(): void {
    this.#say('thinking', this.#thinking.end());
    this.#say('token', this.#text.end());
  }

  #argument(id: string, text: string): void {
    for (let at = 0; at < text.length; at += DELTA_CHARS) this.#push({ type: 'tool_use_arg_delta', id, delta: text.slice(at, at + DELTA_CHARS) });
  }

  #push(delta: StreamDelta): void {
    if (this.#waiting.length >= WAITING_MAX && delta.type !== 'turn_complete' && delta.type !== 'error') return;
    this.#waiting.push(delta);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#begin();
    }, COLLECT_MS);
  }

  #begin(): void {
    this.#sending ??= this.#drain().finally(() => (this.#sending = null));
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const deltas = merged(this.#taken());
      await this.options.send({ type: 'cognition', turn: this.options.turn, n: ++this.#n, deltas });
    }
  }

  /** As many as fit into one frame. */
  #taken(): readonly StreamDelta[] {
    let chars = 0;
    const upTo = this.#waiting.findIndex((delta) => (chars += JSON.stringify(delta).length) > 4 * DELTA_CHARS);
    return this.#waiting.splice(0, upTo < 0 ? this.#waiting.length : Math.max(1, upTo));
  }
}

/** Neighbours of one kind as one. */
const merged = (deltas: readonly StreamDelta[]): readonly StreamDelta[] =>
  deltas.reduce<StreamDelta[]>((all, delta) => {
    const before = all.at(-1);
    if ((delta.type === 'token' || delta.type === 'thinking') && before?.type === delta.type)
      all[all.length - 1] = { ...delta, text: before.text + delta.text };
    else if (delta.type === 'tool_use_arg_delta' && before?.type === 'tool_use_arg_delta' && before.id === delta.id)
      all[all.length - 1] = { ...delta, delta: before.delta + delta.delta };
    else all.push(delta);
    return all;
  }, []);
