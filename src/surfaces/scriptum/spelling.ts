/** Names of fields: requests may spell them in snake_case or in lowerCamelCase, answers have lowerCamelCase. */
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { Fault } from '../../errors/fault';
import { ScriptumService } from './generated/dodil/scriptum/v1/scriptum_pb';

const fieldOf = (message: DescMessage, name: string): DescField | undefined => message.fields.find((field) => field.jsonName === name || field.name === name);

const twice = (name: string): Fault =>
  new Fault('invalid', 'request.invalid', `${name} is given in both spellings`, { field: name, reason: 'is given in both spellings', in: 'body' });

/** The same with all names in lowerCamelCase; what is not known stays as it is. Fault `request.invalid` for a field in both spellings. */
export function respelledBody(message: DescMessage, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const found: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const field = fieldOf(message, name);
    const spelled = field?.jsonName ?? name;
    if (Object.hasOwn(found, spelled)) throw twice(spelled);
    Object.defineProperty(found, spelled, { value: field ? respelledField(field, inner) : inner, enumerable: true, configurable: true, writable: true });
  }
  return found;
}

function respelledField(field: DescField, value: unknown): unknown {
  const { message } = field;
  if (!message || field.fieldKind === 'map') return value;
  if (field.fieldKind === 'list') return Array.isArray(value) ? value.map((one) => respelledBody(message, one)) : value;
  return respelledBody(message, value);
}

export function respelledQuery(message: DescMessage, search: URLSearchParams): URLSearchParams {
  const found = new URLSearchParams();
  for (const [name, value] of search) found.append(fieldOf(message, name)?.jsonName ?? name, value);
  return found;
}

const FIELDS = ScriptumService.methods.flatMap(({ input }) => input.fields);
const JSON_NAMES: ReadonlyMap<string, string> = new Map(FIELDS.map(({ name, jsonName }) => [name, jsonName]));
const PROTO_NAMES: ReadonlyMap<string, string> = new Map(FIELDS.map(({ name, jsonName }) => [jsonName, name]));

/** The first name of a path is one of the interface; what follows belongs to the caller. */
const firstAs = (names: ReadonlyMap<string, string>, path: string): string => path.replace(/^[A-Za-z_]+/, (first) => names.get(first) ?? first);
export const inJson = (path: string): string => firstAs(JSON_NAMES, path);
export const inProto = (path: string): string => firstAs(PROTO_NAMES, path);
