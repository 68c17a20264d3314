/** Server reflection, by which tools such as grpcurl learn what is served; in its version 1 and the one before, which differ in name only. Asks nobody who they are, as descriptions of the API do not. */
import { createRegistry, toBinary, type DescFile, type DescMessage, type DescService, type MessageInitShape, type Registry } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectRouter } from '@connectrpc/connect';
import { file_google_rpc_error_details } from '../generated/google/rpc/error_details_pb';
import { ServerReflection, type ServerReflectionRequest, type ServerReflectionResponseSchema } from '../generated/grpc/reflection/v1/reflection_pb';
import { ServerReflection as ServerReflectionAlpha } from '../generated/grpc/reflection/v1alpha/reflection_pb';

type Asked = ServerReflectionRequest['messageRequest'];
type Told = NonNullable<MessageInitShape<typeof ServerReflectionResponseSchema>['messageResponse']>;

const notFound = (what: string): Told => ({ case: 'errorResponse', value: { errorCode: Code.NotFound, errorMessage: `There is no ${what.slice(0, 200)}.` } });

/** A file with everything that it stands on. */
function withDependencies(file: DescFile, found = new Map<string, DescFile>()): Map<string, DescFile> {
  if (found.has(file.proto.name)) return found;
  found.set(file.proto.name, file);
  for (const dependency of file.dependencies) withDependencies(dependency, found);
  return found;
}

const filesOf = (file: DescFile): Told => ({
  case: 'fileDescriptorResponse',
  value: { fileDescriptorProto: [...withDependencies(file).values()].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto)) },
});

/** `package.Service.Method` and `package.Message.field` are in the file of what they belong to. */
function fileOfSymbol(registry: Registry, symbol: string): DescFile | undefined {
  const found = registry.get(symbol);
  if (found) return found.file;
  const parent = registry.get(symbol.slice(0, Math.max(0, symbol.lastIndexOf('.'))));
  const member = symbol.slice(symbol.lastIndexOf('.') + 1);
  if (parent?.kind === 'service') return parent.methods.some(({ name }) => name === member) ? parent.file : undefined;
  return parent?.kind === 'message' && parent.members.some(({ name }) => name === member) ? parent.file : undefined;
}

const extensionsOf = (registry: Registry, { typeName }: Pick<DescMessage, 'typeName'>) =>
  [...registry].filter((one) => one.kind === 'extension').filter(({ extendee }) => extendee.typeName === typeName);

interface Known {
  readonly files: ReadonlyMap<string, DescFile>;
  readonly registry: Registry;
  readonly services: readonly string[];
}

function answer({ files, registry, services }: Known, asked: Asked): Told {
  switch (asked.case) {
    case 'listServices':
      return { case: 'listServicesResponse', value: { service: services.map((name) => ({ name })) } };
    case 'fileByFilename': {
      const file = files.get(asked.value);
      return file ? filesOf(file) : notFound(`file ${asked.value}`);
    }
    case 'fileContainingSymbol': {
      const file = fileOfSymbol(registry, asked.value);
      return file ? filesOf(file) : notFound(`symbol ${asked.value}`);
    }
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = asked.value;
      const found = extensionsOf(registry, { typeName: containingType }).find(({ number }) => number === extensionNumber);
      return found ? filesOf(found.file) : notFound(`extension ${extensionNumber} of ${containingType}`);
    }
    case 'allExtensionNumbersOfType': {
      const extensions = extensionsOf(registry, { typeName: asked.value });
      if (extensions.length === 0 && !registry.getMessage(asked.value)) return notFound(`message ${asked.value}`);
      return { case: 'allExtensionNumbersResponse', value: { baseTypeName: asked.value, extensionNumber: extensions.map(({ number }) => number) } };
    }
    case undefined:
      return { case: 'errorResponse', value: { errorCode: Code.InvalidArgument, errorMessage: 'The request asks nothing.' } };
  }
}

/** Adds the service that tells of `services`, of itself, and of the details of errors, so that tools can show them. */
export function reflection(router: ConnectRouter, services: readonly DescService[]): void {
  const all: readonly DescService[] = [...services, ServerReflection, ServerReflectionAlpha];
  const files = new Map<string, DescFile>();
  for (const file of [...all.map((service) => service.file), file_google_rpc_error_details]) withDependencies(file, files);
  const known: Known = { files, registry: createRegistry(...files.values()), services: all.map(({ typeName }) => typeName).sort() };
  async function* told(requests: AsyncIterable<ServerReflectionRequest>) {
    for await (const request of requests) yield { validHost: request.host, originalRequest: request, messageResponse: answer(known, request.messageRequest) };
  }
  router.service(ServerReflection, { serverReflectionInfo: told });
  router.service(ServerReflectionAlpha, { serverReflectionInfo: told as never });
}
