/** Addresses of methods, from their annotations `google.api.http`. */
import { getOption, type DescMethod } from '@bufbuild/protobuf';
import { Fault } from '../../errors/fault';
import type { Method } from '../http/route';
import { http } from './generated/google/api/annotations_pb';
import type { HttpRule } from './generated/google/api/http_pb';

export interface Binding {
  readonly method: Method;
  /** With `:name` parameters in lowerCamelCase. */
  readonly path: string;
  /** Fields that the path holds, as the message names them. */
  readonly fields: readonly string[];
  readonly hasBody: boolean;
}

function bindingOf({ pattern, body }: HttpRule, { input, name }: DescMethod): Binding {
  if (pattern.case === undefined) throw new Fault('internal', 'internal', `${name} has no address.`);
  const fields: string[] = [];
  const path = pattern.value.replace(/\{([a-z_]+)\}/g, (_all, field: string) => {
    fields.push(field);
    return `:${input.fields.find((one) => one.name === field)?.jsonName ?? field}`;
  });
  return { method: pattern.case, path, fields, hasBody: body !== '' };
}

/** The first is the one by which it is known. */
export function bindingsOf(method: DescMethod): readonly Binding[] {
  const rule = getOption(method, http);
  return [rule, ...rule.additionalBindings].map((one) => bindingOf(one, method));
}
