/** What a tool's program writes while it writes it, as frames of the run: a few a second, without secrets, and bounded whatever it writes. */
import type { ToolStream } from '../../src/contracts/run/ports';
import type { ToolOutputFrame } from '../../src/contracts/run/thinking';
import { redactionStream, type RedactionStream } from '../../src/domain/redaction-stream';

/** How long output is collected into one frame. */
const COLLECT_MS = 100;
/** Characters of one frame. */
const FRAME_CHARS = 4_000;
/** Characters that may wait for the next frame; what is above is left out, and counted. */
const WAITING_MAX = 32_000;
/** Characters of one call that are told at all. */
export const TOLD_MAX = 1_000_000;

export interface LiveToolOutputOptions {
  readonly intentId: string;
  readonly tool: string;
  readonly redact: (text: string) => string;
  readonly knownSecrets: readonly string[];
  /** Does not wait and does not fail. */
  readonly send: (frame: ToolOutputFrame) => void;
}

interface Piece {
  readonly stream: ToolStream;
  text: string;
}

export class LiveToolOutput {
  readonly #clean: Readonly<Record<ToolStream, RedactionStream>>;
  #waiting: Piece[] = [];
  #chars = 0;
  #told = 0;
  #omitted = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: LiveToolOutputOptions) {
    const { redact, knownSecrets } = options;
    this.#clean = { stdout: redactionStream(redact, knownSecrets), stderr: redactionStream(redact, knownSecrets) };
  }

  readonly add = (stream: ToolStream, text: string): void => {
    if (this.#told > TOLD_MAX) return;
    this.#told += text.length;
    this.#keep(stream, this.#clean[stream].push(text));
  };

  /** Sends what is left. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) this.#keep(stream, this.#clean[stream].end());
    this.#send();
  }

  #keep(stream: ToolStream, text: string): void {
    const taken = text.slice(0, Math.max(0, WAITING_MAX - this.#chars));
    this.#omitted += text.length - taken.length;
    if (taken === '') return;
    this.#chars += taken.length;
    const last = this.#waiting.at(-1);
    if (last?.stream === stream) last.text += taken;
    else this.#waiting.push({ stream, text: taken });
    this.#timer ??= setTimeout(() => this.#send(), COLLECT_MS);
  }

  #send(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const { intentId, tool, send } = this.options;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#chars = 0;
    for (const { stream, text } of waiting)
      for (let at = 0; at < text.length; at += FRAME_CHARS)
        send({ type: 'tool_output', intentId, tool, stream, text: text.slice(at, at + FRAME_CHARS), omitted: 0 });
    if (this.#omitted > 0) send({ type: 'tool_output', intentId, tool, stream: 'stdout', text: '', omitted: this.#omitted });
    this.#omitted = 0;
  }
}
