/**
 * The variables of a list of steps. A branch, an iteration or a task of a batch has a frame of its own over the one around it; what is set in it is seen outside only when
 * whoever opened the frame takes it over, so branches that run at once never see each other's half.
 */
import type { Json } from '../../contracts/pattern/json';

/** A value, or an outcome under its mark. */
export type Variable = Json;

export class Frame {
  readonly #own = new Map<string, Variable>();

  constructor(private readonly around: Frame | null = null) {}

  get(name: string): Variable | undefined {
    return this.#own.get(name) ?? this.around?.get(name);
  }

  set(name: string, value: Variable): void {
    this.#own.set(name, value);
  }

  inner(values: Readonly<Record<string, Variable>> = {}): Frame {
    const frame = new Frame(this);
    for (const [name, value] of Object.entries(values)) frame.set(name, value);
    return frame;
  }

  /** What was set in `inner` is set here too, but for names that belong to it alone. */
  adopt(inner: Frame, except: readonly string[] = []): void {
    for (const [name, value] of inner.#own) if (!except.includes(name)) this.set(name, value);
  }

  /** All variables by name, the inner ones over the outer ones. */
  all(): Readonly<Record<string, Variable>> {
    return { ...this.around?.all(), ...Object.fromEntries(this.#own) };
  }
}
