/** Where tools come from, and what is told when one of them cannot be had. */
export interface ToolLog {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
}

/** Something that should have been a tool and is none. */
export interface ToolProblem {
  /** A file, a folder, an MCP server, a package. */
  readonly source: string;
  readonly reason: string;
}
