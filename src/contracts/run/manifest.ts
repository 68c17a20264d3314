/** Manifests: tools that are described by a JSON file or a package instead of code (seed 003; digest §5.1). */
import { z } from 'zod';
import { EffectClass, RiskClass } from './protocol';

export const TOOL_NAME = /^[A-Za-z0-9_.-]{1,128}$/;
/** Characters of a template. */
const TEMPLATE_MAX = 8_192;
export const MANIFEST_TIMEOUT_S = { default: 30, max: 120 } as const;

const template = z.string().min(1).max(TEMPLATE_MAX);
const Timeout = z.int().min(1).max(MANIFEST_TIMEOUT_S.max).default(MANIFEST_TIMEOUT_S.default);

export const ManifestExecutor = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('shell'),
    /** One program with its arguments, in quotes where they hold spaces; `{arg}` stands for a value, which is never read as anything but text. */
    command_template: template,
    timeout_secs: Timeout,
  }),
  z.object({
    kind: z.literal('http'),
    url_template: template,
    method: z
      .string()
      .transform((method) => method.toUpperCase())
      .pipe(z.enum(['GET', 'POST', 'PUT', 'DELETE']))
      .default('GET'),
    /** `{arg}` in it becomes the value as JSON text, without quotes for texts. */
    body_template: z.string().max(TEMPLATE_MAX).optional(),
    /** Host names that may be called; empty: any that outgoing calls may reach. */
    allowlist: z.array(z.string().min(1).max(253)).max(100).default([]),
    timeout_secs: Timeout,
    /** False only where the operator allows private networks as well. */
    block_private_hosts: z.boolean().default(true),
  }),
  /** Does nothing and answers `{"result": "noop"}`. */
  z.object({ kind: z.literal('noop') }),
]);
export type ManifestExecutor = z.output<typeof ManifestExecutor>;

export const ToolManifest = z.object({
  name: z.string().regex(TOOL_NAME, 'expected 1 to 128 letters, digits, "_", "-" or "."'),
  version: z.string().min(1).max(64),
  description: z.string().max(4_000),
  effect_class: EffectClass,
  risk_class: RiskClass,
  /** JSON Schema of an object. */
  input_schema: z.record(z.string(), z.json()),
  executor: ManifestExecutor.default({ kind: 'noop' }),
});
export type ToolManifest = z.output<typeof ToolManifest>;

/** Bytes of a manifest. */
export const MANIFEST_BYTES_MAX = 256 * 1_024;
