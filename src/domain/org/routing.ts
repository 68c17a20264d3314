/** Who is told what in an org chart (digest §2.4 "routing"). Pure. */
import type { MessageType, OrgChartPlan, Role, RoutingRule } from '../../contracts/pattern/org-chart';

const plain = (text: string): string => ` ${text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ')} `;

/** A topic is that of the role when it is among its expertise or capabilities, and that of the text when the text names it. */
export const isAbout = (topic: string, { expertise, capabilities }: Pick<Role, 'expertise' | 'capabilities'>, text: string): boolean =>
  plain(text).includes(plain(topic)) || expertise.includes(topic) || capabilities.includes(topic);

/** The rules for what this role says of such types, highest priority first. A rule that names no types is for all of them. */
export const rulesOf = ({ structure }: Pick<OrgChartPlan, 'structure'>, role: Role, types: readonly MessageType[]): readonly RoutingRule[] =>
  structure.routing
    .filter(({ from }) => from.includes(role.id) || from.includes('*'))
    .filter(({ messageTypes }) => messageTypes.length === 0 || types.some((type) => messageTypes.includes(type)))
    .sort((a, b) => b.priority - a.priority);

/** Those of them that name no topics, or one that the text is about. */
const rulesAbout = (plan: Pick<OrgChartPlan, 'structure'>, role: Role, types: readonly MessageType[], text: string): readonly RoutingRule[] =>
  rulesOf(plan, role, types).filter(({ topics }) => topics.length === 0 || topics.some((topic) => isAbout(topic, role, text)));

/** The role that is asked when an agent of this role asks something; null: a person is. */
export const whoAnswers = (plan: Pick<OrgChartPlan, 'structure'>, role: Role, question: string): string | null =>
  rulesAbout(plan, role, ['question'], question)
    .flatMap(({ to }) => to)
    .find((id) => id !== role.id) ?? null;

export interface Listener {
  readonly role: string;
  /** Each instance is told, else the one that works next. */
  readonly everyInstance: boolean;
}

/** What a role says by itself: what came of a task (`response`, `status`), and its verdict on the work of others (`feedback`). */
export type Saying = 'result' | 'verdict';
const TYPES: Readonly<Record<Saying, readonly MessageType[]>> = { result: ['response', 'status'], verdict: ['feedback'] };

/** Who hears what this role says, each once. */
export function whoHears(plan: Pick<OrgChartPlan, 'structure'>, role: Role, saying: Saying, text: string): readonly Listener[] {
  const heard = new Map<string, boolean>();
  for (const { to, broadcast } of rulesAbout(plan, role, TYPES[saying], text))
    for (const id of to) if (id !== role.id) heard.set(id, (heard.get(id) ?? false) || broadcast);
  return [...heard].map(([id, everyInstance]) => ({ role: id, everyInstance }));
}

interface Note {
  readonly text: string;
  readonly everyInstance: boolean;
  /** Instances that were told. */
  readonly told: number[];
}

/** Notes that wait for one role at most; the oldest goes first. */
const NOTES_MAX = 20;

/** What roles are to be told with their next task. */
export class Notes {
  private readonly byRole = new Map<string, Note[]>();

  put({ role, everyInstance }: Listener, text: string): void {
    const notes = [...(this.byRole.get(role) ?? []), { text, everyInstance, told: [] }];
    this.byRole.set(role, notes.slice(-NOTES_MAX));
  }

  /** For this instance, oldest first; null: the role has no instances. */
  take(role: string, instance: number | null): readonly string[] {
    const notes = this.byRole.get(role) ?? [];
    const fresh = notes.filter(({ told }) => instance === null || !told.includes(instance));
    for (const { told } of fresh) told.push(instance ?? 0);
    this.byRole.set(
      role,
      notes.filter(({ everyInstance, told }) => told.length === 0 || (everyInstance && instance !== null)),
    );
    return fresh.map(({ text }) => text);
  }
}
