/** What a request may say about a run's authority; fields of `POST /runs` beside those of the peer, in the shapes that a writ has. What is not given takes the server's default. */
import { z } from 'zod';

const count = z.int().min(0);
/** A tool's name, a prefix of names (`mcp_git_*`), or `*` for all. */
export const SCOPE_FORM = /^(?:\*|[A-Za-z0-9_.-][A-Za-z0-9_.:-]{0,127}\*?)$/;
export const SCOPE_EXPECTED = "expected a tool's name, a prefix with * at its end, or *";
/** Scopes of one writ. */
export const SCOPES_MAX = 256;
/** How deep a server may let runs delegate. */
export const DEPTH_MAX = 16;

export const GRANT_FIELDS = {
  /** Names of tools, or prefixes with `*` at their end; none: all tools. */
  tool_scopes: z.array(z.string().max(128)).max(SCOPES_MAX).default([]),
  effect_ceiling: z.strictObject({ read: z.boolean(), write: z.boolean(), external: z.boolean(), irreversible: z.boolean() }).partial().optional(),
  budget: z.strictObject({ tokens: count, tool_calls: count, wall_clock_ms: count, usd_millicents: count }).partial().optional(),
  /** Seconds since 1970. */
  time_window: z.strictObject({ not_before: count, expires_at: count }).partial().optional(),
  max_delegation_depth: count.max(DEPTH_MAX).optional(),
};
/** Of a request; also of one in which `tool_scopes` are not given. */
export type GrantRequest = z.input<z.ZodObject<typeof GRANT_FIELDS>>;
