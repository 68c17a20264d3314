/** Every method of the service, by its descriptor. One that is missing does not compile. */
import { bindingsOf } from './bindings';
import { catalogueMethods } from './catalogue';
import { environmentMethods } from './environment';
import { ScriptumService } from './generated/dodil/scriptum/v1/scriptum_pb';
import type { AnyMethod, MethodName, Methods } from './methods';
import { resultMethods } from './results';
import { scriptMethods } from './scripts';
import { threadMethods } from './threads';
import { watchMethods } from './watching';

const ALL: Methods = { ...scriptMethods, ...threadMethods, ...watchMethods, ...resultMethods, ...environmentMethods, ...catalogueMethods };

/** In the order of the service. */
export const METHODS: readonly AnyMethod[] = ScriptumService.methods.map((descriptor) => ({
  ...(ALL[descriptor.localName as MethodName] as unknown as Omit<AnyMethod, 'descriptor' | 'changes'>),
  descriptor,
  changes: bindingsOf(descriptor)[0]?.method !== 'get',
}));
