import { execFileSync } from 'node:child_process';
import { parse } from 'yaml';
import { z } from 'zod';
import { cacheDirectory, readConfig, unknownVariables } from '../../src/config/config';
import { ROOT, textOf } from './source-files';

const FILE = 'docker-compose.temporal.yml';

const Port = z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'expected a port that is published on loopback only');
const Condition = z.enum(['service_started', 'service_healthy', 'service_completed_successfully']);

/** The part of the Compose format that the file uses; anything else in it would be a slip. */
const Service = z
  .strictObject({
    image: z.string().regex(/^[a-z0-9/-]+:[\w.-]+$/, 'expected an image with its version'),
    build: z.strictObject({ context: z.string() }),
    command: z.array(z.string()),
    network_mode: z.literal('host'),
    restart: z.enum(['unless-stopped', 'on-failure']),
    environment: z.record(z.string(), z.string()),
    depends_on: z.record(z.string(), z.strictObject({ condition: Condition })),
    volumes: z.array(z.string().regex(/^[a-z-]+:\/[\w/-]+$/)),
    ports: z.array(Port),
    init: z.boolean(),
    healthcheck: z.strictObject({ test: z.array(z.string()).min(2), interval: z.string(), timeout: z.string(), retries: z.int() }),
  })
  .partial()
  .refine(({ image, build }) => (image === undefined) !== (build === undefined), 'expected an image or a build');
const Compose = z.strictObject({ 'x-everthread': z.unknown(), services: z.record(z.string(), Service), volumes: z.record(z.string(), z.null()) });

const compose = Compose.parse(parse(textOf(FILE), { merge: true }));
const services = Object.entries(compose.services);

it('describes Temporal with Postgres and its UI, and every role', () => {
  expect(Object.keys(compose.services).sort()).toEqual(['api', 'host', 'migrate', 'postgres', 'temporal', 'temporal-ui', 'worker']);
});

it('depends only on services that it has, and on health only of those that tell it', () => {
  const dependencies = services.flatMap(([name, { depends_on }]) => Object.entries(depends_on ?? {}).map(([on, { condition }]) => ({ name, on, condition })));

  for (const { on, condition } of dependencies) {
    expect(compose.services).toHaveProperty(on);
    if (condition === 'service_healthy') expect(compose.services[on]?.healthcheck).toBeDefined();
    if (condition === 'service_completed_successfully') expect(compose.services[on]?.restart).not.toBe('unless-stopped');
  }
  expect(dependencies).toContainEqual({ name: 'worker', on: 'migrate', condition: 'service_completed_successfully' });
});

it('declares every volume that it uses, and uses every one that it declares', () => {
  const used = services.flatMap(([, { volumes }]) => (volumes ?? []).map((volume) => volume.split(':')[0]));

  expect([...new Set(used)].sort()).toEqual(Object.keys(compose.volumes).sort());
});

it.each(['api', 'worker', 'host', 'migrate'])('gives %s an environment that its configuration accepts, and its own command', (role) => {
  const service = compose.services[role];
  const secrets = { POSTGRES_PASSWORD: 'secret', EVERTHREAD_SECRET_KEY: Buffer.alloc(32).toString('base64') } as const;
  const env = Object.fromEntries(
    Object.entries(service?.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/\$\{(\w+)[^}]*\}/g, (_all, variable: keyof typeof secrets) => secrets[variable]),
    ]),
  );

  expect(service?.command).toEqual([role]);
  expect(unknownVariables(env)).toEqual([]);
  expect(readConfig(env)).toMatchObject({
    temporal: { address: '127.0.0.1:7233' },
    api: { host: '127.0.0.1' },
    dataDir: '/var/lib/everthread',
    cacheDir: cacheDirectory(env),
  });
  expect(readConfig(env).database.url).toBe('postgres://everthread:secret@127.0.0.1:5432/everthread');
});

it('is accepted by the client, where one with Compose is installed', () => {
  const client = [['docker', 'compose'], ['docker-compose']].find(([program = '', ...args]) => {
    try {
      execFileSync(program, [...args, 'version'], { stdio: 'ignore', timeout: 20_000 });
      return true;
    } catch {
      return false;
    }
  });
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], POSTGRES_PASSWORD: 'secret', EVERTHREAD_SECRET_KEY: Buffer.alloc(32).toString('base64') };
  const check = (): unknown =>
    client && execFileSync(client[0] as string, [...client.slice(1), '-f', FILE, 'config', '-q'], { cwd: ROOT, env, timeout: 60_000 });

  expect(check).not.toThrow();
});
