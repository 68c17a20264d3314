/** What is wrong with the text of a script, and where. */

/** From 1. A column counts UTF-16 units, as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export type Severity = 'error' | 'warning';

export interface Diagnostic extends Place {
  readonly severity: Severity;
  /** One sentence: what is wrong and what was expected. */
  readonly message: string;
  /** What would be right, where that can be said. */
  readonly hint: string | null;
}

/** Diagnostics of one text that are told. Warnings are at most half of them, so that no error is ever left out for them; when all are told, nobody reads on. */
export const DIAGNOSTICS_MAX = 100;
const WARNINGS_MAX = DIAGNOSTICS_MAX / 2;

export class Problems {
  readonly #all: Diagnostic[];

  /** `known`: told before. */
  constructor(known: readonly Diagnostic[] = []) {
    this.#all = [...known];
  }

  /** `hint` may be a function where finding one costs something: of thousands of mistakes only the first are told. */
  add({ line, column }: Place, message: string, hint: string | null | (() => string | null) = null, severity: Severity = 'error'): void {
    if (this.isFull || (severity === 'warning' && this.#all.length >= WARNINGS_MAX)) return;
    // A mistake often comes up in two rules; one message for a place is enough.
    if (this.#all.some((known) => known.line === line && known.column === column && known.severity === severity)) return;
    this.#all.push({ severity, line, column, message, hint: (typeof hint === 'function' ? hint() : hint) || null });
  }

  get hasErrors(): boolean {
    return this.#all.some(({ severity }) => severity === 'error');
  }

  get size(): number {
    return this.#all.length;
  }

  get isFull(): boolean {
    return this.size >= DIAGNOSTICS_MAX;
  }

  /** In the order of the text. */
  get all(): readonly Diagnostic[] {
    return this.#all.toSorted((a, b) => a.line - b.line || a.column - b.column);
  }
}
