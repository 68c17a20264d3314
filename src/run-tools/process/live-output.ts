/** What a program writes, told while it writes it: as text, and without the secrets of its environment, also where one comes in two pieces. */
import { StringDecoder } from 'node:string_decoder';
import type { ToolContext, ToolStream } from '../../contracts/run/ports';
import { redactionStream, type RedactionStream } from '../../domain/redaction-stream';

export class LiveOutput {
  readonly #decoder = new StringDecoder('utf8');
  readonly #clean: RedactionStream;

  constructor(
    private readonly stream: ToolStream,
    private readonly tell: NonNullable<ToolContext['onOutput']>,
    redact: (text: string) => string,
    secrets: readonly string[],
  ) {
    this.#clean = redactionStream(redact, secrets);
  }

  add(chunk: Buffer): void {
    this.#say(this.#clean.push(this.#decoder.write(chunk)));
  }

  end(): void {
    this.#say(this.#clean.push(this.#decoder.end()));
    this.#say(this.#clean.end());
  }

  #say(text: string): void {
    if (text !== '') this.tell(this.stream, text);
  }
}
