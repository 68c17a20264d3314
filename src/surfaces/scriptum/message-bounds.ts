/** What every message of a request must keep to, whichever wire it came by: no negative number, no NUL in a text, lists and maps of a bounded length. */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { Fault } from '../../errors/fault';

/** Entries of a list or a map. */
const ENTRIES_MAX = 1_000;

const refused = (field: string, reason: string, facts: Readonly<Record<string, unknown>> = {}): Fault =>
  new Fault('invalid', 'request.invalid', `${field}: ${reason}`, { field, reason, in: 'body', ...facts });

function assertScalar(field: DescField, value: unknown, at: string): void {
  if (typeof value === 'string' && (value.includes('\0') || /\p{Surrogate}/u.test(value))) throw refused(at, 'expected text without NUL and half characters');
  if ((typeof value === 'number' || typeof value === 'bigint') && (field.scalar === ScalarType.INT32 || field.scalar === ScalarType.INT64)) {
    if (value < 0) throw refused(at, 'expected a number that is not negative');
    if (value > Number.MAX_SAFE_INTEGER) throw refused(at, `expected at most ${Number.MAX_SAFE_INTEGER}`);
  }
  if (field.enum && typeof value === 'number' && !field.enum.value[value])
    throw refused(at, `expected one of ${field.enum.values.map(({ name }) => name).join(', ')}`);
}

function assertOne(field: DescField, value: unknown, at: string): void {
  if (field.message) assertWithinBounds(field.message, value as object, `${at}.`);
  else assertScalar(field, value, at);
}

/** Fault `request.invalid` (invalid) that names the field. */
export function assertWithinBounds(message: DescMessage, value: object, above = ''): void {
  for (const field of message.fields) {
    const at = `${above}${field.jsonName}`;
    const given = (value as Readonly<Record<string, unknown>>)[field.localName];
    if (given === undefined) continue;
    if (field.fieldKind !== 'list' && field.fieldKind !== 'map') {
      assertOne(field, given, at);
      continue;
    }
    const entries = Object.entries(given as object);
    if (entries.length > ENTRIES_MAX) throw refused(at, `expected at most ${ENTRIES_MAX} entries`, { max: ENTRIES_MAX });
    for (const [key, one] of entries) {
      if (field.fieldKind === 'map' && key.includes('\0')) throw refused(at, 'expected keys without NUL characters');
      assertOne(field, one, field.fieldKind === 'map' ? `${at}.${key.slice(0, 100)}` : `${at}.${key}`);
    }
  }
}
