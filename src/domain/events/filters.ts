/** Conditions on the fields of an event, for webhooks and triggers. A field that is not there fits `$exists: false`, `$ne` and `$nin`, and nothing else. */
import type { Condition, Filters, Scalar } from '../../contracts/webhook';

/** What a dotted path leads to; undefined when it leads nowhere. Lists are entered by number. Only own fields count. */
export function valueAt(value: unknown, path: string): unknown {
  let at = value;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Numbers with numbers, texts with texts (ISO times sort as texts); anything else is not comparable. */
function compare(found: unknown, wanted: unknown): number | null {
  if (typeof found === 'number' && typeof wanted === 'number') return found - wanted;
  if (typeof found === 'string' && typeof wanted === 'string') return found < wanted ? -1 : found > wanted ? 1 : 0;
  return null;
}

const ORDER: Readonly<Record<string, (order: number) => boolean>> = {
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** Lists that are found fit when one of their items does. */
const equals = (found: unknown, wanted: Scalar): boolean => (Array.isArray(found) ? found.includes(wanted) : found === wanted);
const listOf = (wanted: Scalar | readonly Scalar[]): readonly Scalar[] => (Array.isArray(wanted) ? (wanted as readonly Scalar[]) : [wanted as Scalar]);

function holds(operator: string, wanted: Scalar | readonly Scalar[], found: unknown): boolean {
  if (operator === '$exists') return (found !== undefined) === wanted;
  const among = listOf(wanted).some((one) => equals(found, one));
  if (operator === '$eq' || operator === '$in') return among;
  if (operator === '$ne' || operator === '$nin') return !among;
  const order = compare(found, wanted);
  return order !== null && (ORDER[operator]?.(order) ?? false);
}

function fitsOne(condition: Condition, found: unknown): boolean {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition)) return holds('$in', condition as Scalar | readonly Scalar[], found);
  return Object.entries(condition).every(([operator, wanted]) => wanted === undefined || holds(operator, wanted, found));
}

/** A field of the event, or else of what is known of its actor: `role` means `subject.role`. */
const fieldOf = (event: { readonly subject: unknown }, path: string): unknown =>
  Object.hasOwn(event, path.split('.')[0] ?? '') ? valueAt(event, path) : valueAt(event.subject, path);

export const fits = (filters: Filters, event: { readonly subject: unknown }): boolean =>
  Object.entries(filters).every(([path, condition]) => fitsOne(condition, fieldOf(event, path)));
