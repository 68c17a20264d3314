/** The tools of models that do not talk: vectors of texts, the order of documents by a query, the words of a recording. */
import { z } from 'zod';
import type { Json } from '../../contracts/pattern/json';
import type { ModelUse } from '../../contracts/script/activities';
import type { ScriptModels } from '../../contracts/script/talk';
import type { ScriptTool } from '../../contracts/script/tools';
import { ARTIFACT_MAX } from '../../domain/script/kept-bytes';
import { Fault } from '../../errors/fault';
import { scriptTool } from '../script-tool';

const TEXT_MAX = 256 * 1024;
const TEXTS_MAX = 256;
/** Numbers of the vectors of one call: what a value may hold. */
const NUMBERS_MAX = 40_000;

const Model = z.string().min(1).max(300).optional().describe('"<provider>:<model>", or a provider; by default the one that the server names for it.');

const embed = (models: ScriptModels): ScriptTool =>
  scriptTool({
    name: 'embed',
    description: 'What a text means as a vector (`vector`), or many texts (`vectors`, in their order).',
    effect: 'external',
    args: z
      .strictObject({
        text: z.string().min(1).max(TEXT_MAX).optional(),
        texts: z.array(z.string().min(1).max(TEXT_MAX)).min(1).max(TEXTS_MAX).optional(),
        model: Model,
      })
      .refine(({ text, texts }) => (text === undefined) !== (texts === undefined), 'expected either text or texts'),
    twice: 'paid',
    perform: async ({ text, texts, model }, { signal }) => {
      const { vectors, use } = await models.embed({ model: model ?? null, texts: texts ?? [text ?? ''] }, signal);
      const dimensions = vectors[0]?.length ?? 0;
      if (dimensions * vectors.length > NUMBERS_MAX) {
        const most = Math.max(1, Math.floor(NUMBERS_MAX / dimensions));
        throw new Fault('invalid', 'script_tool.arguments', `texts: vectors of ${dimensions} numbers: expected at most ${most} texts at once`, {
          field: 'texts',
          retry: false,
        });
      }
      const output: Readonly<Record<string, Json>> = texts ? { vectors } : { vector: vectors[0] ?? [] };
      return { output: { ...output, dimensions, model: use.model }, models: [use] };
    },
  });

/** Documents of one call. */
const DOCUMENTS_MAX = 200;

const rerank = (models: ScriptModels): ScriptTool =>
  scriptTool({
    name: 'rerank',
    description:
      'Documents in the order of how well they answer a query: `results` of `index`, `score`, `document`. By a model for it where there is one (`method` "model"), else by how alike their vectors are ("embedding").',
    effect: 'external',
    args: z.strictObject({
      query: z.string().min(1).max(TEXT_MAX),
      documents: z.array(z.json()).min(1).max(DOCUMENTS_MAX).describe('Texts, or any values.'),
      top: z.int().min(1).max(DOCUMENTS_MAX).optional(),
      model: Model,
    }),
    twice: 'paid',
    perform: async ({ query, documents, top = documents.length, model }, { signal }) => {
      const texts = documents.map((document) => (typeof document === 'string' ? document : JSON.stringify(document)) || ' ');
      const asked = await models.rerank({ model: model ?? null, query, documents: texts, top }, signal);
      const { ranking, use } = asked ?? (await byVectors(models, { query, texts, top }, signal));
      const results = ranking.map(({ index, score }) => ({ index, score, document: documents[index] ?? null }));
      return { output: { results, method: asked ? 'model' : 'embedding', model: use.model } as Json, models: [use] };
    },
  });

async function byVectors(
  models: ScriptModels,
  { query, texts, top }: { readonly query: string; readonly texts: readonly string[]; readonly top: number },
  signal: AbortSignal,
): Promise<{ readonly ranking: readonly { readonly index: number; readonly score: number }[]; readonly use: ModelUse }> {
  const { vectors, use } = await models.embed({ model: null, texts: [query, ...texts] }, signal);
  const [wanted = [], ...others] = vectors;
  const ranking = others.map((vector, index) => ({ index, score: alike(wanted, vector) })).sort((a, b) => b.score - a.score || a.index - b.index);
  return { ranking: ranking.slice(0, top), use };
}

/** The cosine of the angle between them. */
function alike(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  const length = Math.sqrt(dot(a, a) * dot(b, b));
  return length === 0 ? 0 : Math.round((dot(a, b) / length) * 1e6) / 1e6;
}

const Audio = z.union([
  z
    .base64()
    .min(1)
    .max(Math.ceil((ARTIFACT_MAX * 4) / 3)),
  z.looseObject({ ref: z.string().regex(/^[0-9a-f]{64}$/), media_type: z.string().max(200).optional() }),
]);

const transcribe = (models: ScriptModels): ScriptTool =>
  scriptTool({
    name: 'transcribe',
    description: 'The words of a recording: `text`, and `language` and `seconds` where the model says them.',
    effect: 'external',
    args: z.strictObject({
      audio: Audio.describe('An artifact, such as that of an answer of http, or Base64.'),
      media_type: z.string().min(1).max(200).optional().describe('By default that of the artifact, or audio/wav.'),
      language: z.string().min(2).max(20).optional(),
      model: Model,
    }),
    twice: 'paid',
    perform: async ({ audio, media_type: type, language, model }, { bytesOf, signal }) => {
      const bytes = typeof audio === 'string' ? Buffer.from(audio, 'base64') : await bytesOf(audio);
      const mediaType = type ?? (typeof audio === 'string' ? undefined : audio.media_type) ?? 'audio/wav';
      const told = await models.transcribe({ model: model ?? null, audio: bytes, mediaType, language: language ?? null }, signal);
      return { output: { text: told.text, language: told.language, seconds: told.seconds, model: told.use.model }, models: [told.use] };
    },
  });

export const meaningTools = (models: ScriptModels): readonly ScriptTool[] => [embed(models), rerank(models), transcribe(models)];
