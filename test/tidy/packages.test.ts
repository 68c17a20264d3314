import { textOf } from './source-files';

interface Entry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const packages = (JSON.parse(textOf('package-lock.json')) as { packages: Readonly<Record<string, Entry>> }).packages;
const copies = (name: string): readonly string[] => Object.keys(packages).filter((path) => path.endsWith(`node_modules/${name}`));

// If you are here because this failed: run `node scripts/complete-lock.mjs`, which adds what the registry left out.
it('locks the optional packages of every platform, without which npm ci refuses the lock', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies }]) =>
    Object.entries(optionalDependencies ?? {})
      .filter(([name, version]) => /^\d/.test(version) && !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`])
      .map(([name]) => name),
  );

  expect(missing).toEqual([]);
});

it('has one copy of protobufjs for all of Temporal: several break payloads and the replay of histories', () => {
  // gRPC's loader of .proto files has one of its own, whose messages nobody else sees.
  expect(copies('protobufjs').filter((path) => !path.includes('@grpc/proto-loader'))).toEqual(['node_modules/protobufjs']);
});

it('has one version of all packages of Temporal', () => {
  const versions = Object.entries(packages).flatMap(([path, { version }]) => (/node_modules\/@temporalio\/[^/]+$/.test(path) ? [version] : []));

  expect([...new Set(versions)]).toHaveLength(1);
});

it('names exact versions only', () => {
  const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<string, Record<string, string>>;

  expect(Object.entries({ ...dependencies, ...devDependencies }).filter(([, version]) => !/^\d/.test(version))).toEqual([]);
});
