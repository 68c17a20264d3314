/** What roles are told. Markers in instructions stand with a `<` behind the colon, so that an agent that repeats them says nothing by it. Pure. */
import type { Role } from '../../contracts/pattern/org-chart';
import type { Json } from '../../contracts/pattern/json';

/** Characters of a part that is quoted in a message. */
const QUOTED_MAX = 30_000;
/** Characters of what is told to others of one result. */
const NOTE_MAX = 2_000;

const quoted = (value: Json): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
  return text.length <= QUOTED_MAX ? text : `${text.slice(0, QUOTED_MAX)}\n[${text.length - QUOTED_MAX} more characters]`;
};

const SAY_CONFIDENCE = 'End with a line of this form that says how sure you are: CONFIDENCE: <0.0 to 1.0>';
const SAY_VERDICT = `End with two lines of this form:\nVERDICT: <approve | revise | reject>\nCONFIDENCE: <0.0 to 1.0>`;

const parts = (...texts: readonly (string | null)[]): string => texts.filter((text) => text !== null && text !== '').join('\n\n');

export const objectiveOf = ({ name, description }: Pick<Role, 'name' | 'description'>): string =>
  parts(`You work as: ${name}.`, description, 'You will be given tasks; wait for the first one.');

/** `judged`: the answer will be weighed by how sure the role says it is. */
export const taskMessage = (task: Json, input: Json | null, { judged }: { readonly judged: boolean }): string =>
  parts(quoted(task), input === null ? null : `Input:\n${quoted(input)}`, judged ? SAY_CONFIDENCE : null);

export const reviewMessage = (kind: 'review' | 'approve', subject: Json, instructions: Json | null): string =>
  parts(
    kind === 'review' ? 'Review this work:' : 'Decide whether this is approved:',
    quoted(subject),
    instructions === null ? null : quoted(instructions),
    SAY_VERDICT,
  );

/** What others said in the meantime stands before the task. */
export const withNotes = (notes: readonly string[], message: string): string =>
  notes.length === 0 ? message : parts(`What others told you:\n${notes.join('\n\n')}`, `Your task:\n${message}`);

export const noteOf = (role: string, step: string, said: string): string => `${role} (${step}): ${said.slice(0, NOTE_MAX)}`;

/** For the role that is to answer in the place of a person. */
export const questionMessage = (role: string, question: string): string =>
  parts(`${role} works on a task and asks you:`, quoted(question), 'Answer in a few sentences; your answer is typed in as it is.');

/** For the role that did it: once more, with what was found wanting. */
export const critiqueMessage = (task: Json, answer: Json, detail: string): string =>
  parts(
    'Your last answer is not good enough yet. Improve it.',
    `The task:\n${quoted(task)}`,
    `Your answer:\n${quoted(answer)}`,
    `What was found:\n${detail}`,
    SAY_CONFIDENCE,
  );

/** For the superior of the role that did it. */
export const escalationMessage = (role: string, task: Json, answer: Json, detail: string): string =>
  parts(
    `The work of ${role} is not good enough. Do it yourself, or correct it.`,
    `The task:\n${quoted(task)}`,
    `The answer of ${role}:\n${quoted(answer)}`,
    `What was found:\n${detail}`,
    SAY_CONFIDENCE,
  );

export const rubricMessage = (subject: Json, rubric: Json | null): string =>
  parts('Judge this work:', quoted(subject), rubric === null ? null : `By this rubric:\n${quoted(rubric)}`, SAY_VERDICT);

/** The answer is one verdict: approve when the criterion holds. */
export const criterionMessage = (subject: Json, criterion: string): string =>
  parts('Judge this work by one criterion:', quoted(subject), `The criterion:\n${criterion}`, `Approve if it holds, else reject.\n${SAY_VERDICT}`);
