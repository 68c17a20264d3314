/** What clients send about patterns. */
import { z } from 'zod';
import { DEFINITION_MAX, NAME_MAX } from '../../contracts/pattern/bounds';
import { RANGE_MAX } from '../../domain/version';
import type { TextBody } from '../http/body';
import { pageShape } from '../http/paging';

const hasNoNul = (value: string): boolean => !value.includes('\0');
const text = (max: number) => z.string().max(max).refine(hasNoNul, 'expected text without NUL characters');

const definition = text(DEFINITION_MAX).min(1).describe('The definition as YAML; docs/patterns.md has the language.');

export const PatternBody = z
  .strictObject({
    name: text(NAME_MAX).min(1).optional().describe('As the definition says; anything else is refused.'),
    version: text(RANGE_MAX).min(1).optional().describe('As the definition says; anything else is refused.'),
    description: text(2_000).optional().describe('Instead of the description in the definition.'),
    definition,
  })
  .meta({ id: 'PatternInput' });

/** Seed 001: a definition may be the body as it is. */
export const YAML_BODY: TextBody = {
  types: ['application/x-yaml', 'application/yaml', 'text/yaml', 'text/x-yaml'],
  read: (source) => ({ definition: source }),
};

const filename = text(255).regex(/\.ya?ml$/i, 'expected a name that ends in .yaml or .yml');
const content = definition;
/** Files of one upload. */
const FILES_MAX = 50;

export const UploadBody = z
  .strictObject({ filename, content, overwrite: z.boolean().default(false).describe('Whether a version that says something else is replaced.') })
  .meta({ id: 'PatternUpload' });
/** Each file is judged by itself: what is wrong with one is said in its result. */
export const BatchBody = z.strictObject({
  files: z
    .array(z.strictObject({ filename: text(255).min(1), content: text(DEFINITION_MAX) }))
    .min(1)
    .max(FILES_MAX),
  overwrite: z.boolean().default(false),
});

export const isYamlName = (name: string): boolean => filename.safeParse(name).success;

export const ValidateBody = z
  .strictObject({
    input: z.json().optional().describe('An input, held against the schema of the pattern.'),
    definition: definition.optional().describe('A definition, which is read and compiled, and not kept.'),
  })
  .superRefine((body, context) => {
    if ((body.input === undefined) === (body.definition === undefined))
      context.addIssue({ code: 'custom', path: ['input'], message: 'expected an input or a definition, and not both' });
  });

export const PatternParams = z.object({ name: z.string().min(1).max(NAME_MAX) });
const version = z.string().min(1).max(RANGE_MAX).optional();
export const PatternQuery = z.object({ version: version.describe('A version, a range such as `1.x` or `^1`, or `latest`. Without it the newest.') });
export const RemoveQuery = z.object({ version: version.describe('Exactly this version. Without it all.') });
export const PatternListQuery = z.object({ search: z.string().max(200).optional().describe('A part of the name or of the description.'), ...pageShape() });
