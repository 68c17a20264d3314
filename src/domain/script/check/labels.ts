/** The labels that a `goto` can reach: those of its block, and of the blocks around it. */
export class Labels {
  constructor(
    private readonly own: ReadonlySet<string>,
    private readonly outer: Labels | null,
  ) {}

  has(label: string): boolean {
    return this.own.has(label) || (this.outer?.has(label) ?? false);
  }

  get all(): readonly string[] {
    return [...this.own, ...(this.outer?.all ?? [])];
  }
}
