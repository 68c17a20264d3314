/** Patterns as clients see them. */
import { z } from 'zod';
import type { PatternRecord, PatternSummary, PatternVersion } from '../../contracts/pattern/catalogue';
import { PAGE_FIELDS } from '../http/paging';

const time = z.iso.datetime();
const kind = z.enum(['pattern', 'org-chart']).describe('`org-chart`: a definition with `structure` and `workflow`.');

const SummaryFields = { name: z.string(), version: z.string(), kind, description: z.string(), createdAt: time, updatedAt: time };
export const PatternList = z
  .object({ patterns: z.array(z.object(SummaryFields).meta({ id: 'PatternSummary' })), count: z.int().describe('Of this page.'), ...PAGE_FIELDS })
  .meta({ id: 'PatternList' });

export const Pattern = z
  .object({
    ...SummaryFields,
    definition: z.record(z.string(), z.unknown()).describe('What the definition says besides name, version and description.'),
    source: z.string().describe('The definition as it came.'),
    digest: z.string().describe('SHA-256 in hex; equal for definitions that say the same.'),
    createdBy: z.string(),
  })
  .meta({ id: 'Pattern' });

export const VersionList = z
  .object({
    pattern: z.string(),
    versions: z.array(z.object({ version: z.string(), description: z.string(), digest: z.string(), createdBy: z.string(), createdAt: time, updatedAt: time })),
  })
  .meta({ id: 'PatternVersions' });

export const PublishedPattern = z
  .object({ name: z.string(), version: z.string(), created: z.boolean().describe('False: the version was there already.') })
  .meta({ id: 'PublishedPattern' });

const place = z.int().min(1).optional().describe('Of a definition; counts from 1.');
export const Problem = z.object({ line: place, column: place, path: z.string(), message: z.string(), expected: z.string() }).meta({ id: 'PatternProblem' });
export const Validity = z.object({ valid: z.boolean(), errors: z.array(Problem) }).meta({ id: 'PatternValidity' });

export const UploadedPattern = z.object({ pattern: PublishedPattern, compiled: z.literal(true) }).meta({ id: 'UploadedPattern' });

export const UploadResults = z
  .object({
    results: z.array(
      z.object({
        filename: z.string(),
        success: z.boolean(),
        pattern: PublishedPattern.optional().describe('Of a file that was taken.'),
        error: z.string().optional().describe('Why it was not.'),
        code: z.string().optional().describe('The code of that in docs/errors.md.'),
        errors: z.array(Problem).optional().describe('All that is wrong in the definition.'),
      }),
    ),
    total: z.int(),
    successful: z.int(),
    failed: z.int(),
  })
  .meta({ id: 'PatternUploadResults' });

export const summaryView = ({ name, version, kind, description, createdAt, updatedAt }: PatternSummary) => ({
  ...{ name, version, kind, description, createdAt, updatedAt },
});

const BESIDE: ReadonlySet<string> = new Set(['name', 'version', 'description']);

export const patternView = ({ source, digest, createdBy, definition, ...rest }: PatternRecord): z.output<typeof Pattern> => ({
  ...summaryView(rest),
  definition: Object.fromEntries(Object.entries(definition).filter(([name]) => !BESIDE.has(name))),
  ...{ source, digest, createdBy },
});

export const versionView = ({ version, description, digest, createdBy, createdAt, updatedAt }: PatternVersion) => ({
  ...{ version, description, digest, createdBy, createdAt, updatedAt },
});
