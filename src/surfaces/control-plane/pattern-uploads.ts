/** Definitions as files (digest of seed 001, §2.2): one, or several that are judged one by one. */
import type { Principal } from '../../contracts/principal';
import type { DefinitionError } from '../../domain/pattern/definition/source';
import type { Fault } from '../../errors/fault';
import type { Receipt } from '../../gateway/patterns';
import { shownFault, statusOf } from '../http/fault-status';
import { route } from '../http/route';
import { BatchBody, isYamlName, UploadBody } from './pattern-bodies';
import { UploadedPattern, UploadResults } from './pattern-views';
import { EXAMPLE, type PatternPorts } from './patterns';

interface Port {
  readonly patterns: PatternPorts;
}

const resource = 'pattern';

const shown = ({ name, version, outcome }: Receipt) => ({ name, version, created: outcome === 'created' });

export const uploadPattern = route({
  method: 'post',
  path: '/api/patterns/upload',
  summary: 'Publish a definition from a file',
  operationId: 'uploadPattern',
  resource,
  scope: 'patterns:write',
  idempotent: true,
  body: UploadBody,
  examples: { bodies: { file: { filename: 'content-classifier.yaml', content: EXAMPLE.definition } } },
  reply: { status: 201, description: 'The version. `created` is false when it was there already.', body: UploadedPattern },
  handle: async ({ body: { content, overwrite }, principal, idempotencyKey }, { patterns }: Port) => ({
    body: { pattern: shown(await patterns.publish(principal, { definition: content }, { overwrite, idempotencyKey })), compiled: true as const },
  }),
});

interface File {
  readonly filename: string;
  readonly content: string;
}

/** What the caller can do nothing about ends the whole upload; everything else is the result of the file. */
async function resultOf(patterns: PatternPorts, principal: Principal, { filename, content }: File, overwrite: boolean) {
  if (!isYamlName(filename)) {
    return { filename, success: false, error: 'filename: expected a name that ends in .yaml or .yml', code: 'request.invalid' };
  }
  try {
    const receipt = await patterns.publish(principal, { definition: content }, { overwrite });
    return { filename, success: true, pattern: shown(receipt) };
  } catch (thrown) {
    const fault = shownFault(thrown);
    if (statusOf(fault) >= 500) throw thrown;
    return { filename, success: false, error: fault.message, code: fault.code, ...errorsOf(fault) };
  }
}

const errorsOf = ({ facts }: Fault): { readonly errors?: readonly DefinitionError[] } =>
  Array.isArray(facts['errors']) ? { errors: facts['errors'] as readonly DefinitionError[] } : {};

export const uploadPatterns = route({
  method: 'post',
  path: '/api/patterns/upload/batch',
  summary: 'Publish definitions from several files',
  operationId: 'uploadPatterns',
  resource,
  scope: 'patterns:write',
  idempotent: true,
  body: BatchBody,
  reply: { status: 200, description: 'What became of each file, in their order. Sent again, it does nothing more.', body: UploadResults },
  handle: async ({ body: { files, overwrite }, principal, idempotencyKey }, { patterns }: Port) => {
    if (idempotencyKey !== null) await patterns.claimUpload(principal.tenant, idempotencyKey, { files, overwrite });
    const results = [];
    for (const file of files) results.push(await resultOf(patterns, principal, file, overwrite));
    const successful = results.filter(({ success }) => success).length;
    return { body: { results, total: results.length, successful, failed: results.length - successful } };
  },
});
