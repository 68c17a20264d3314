import { PackageVersion, type PackageKind } from '../../../src/contracts/run/package';
import { collide, kindHash, providedBy, serialisedKind } from '../../../src/domain/run/package';
import { fullVersion } from '../../../src/domain/version';
import { manifestProblem } from '../../../src/main/packages';

describe('the hash of a kind', () => {
  it.each<[string, PackageKind, string]>([
    ['an empty manifest', { type: 'manifest', manifest: {} }, 'b119d0e2e2c0ff04d18402ad42f94e8379b3d4e487078523307a85155e2ec042'],
    ['a server', { env: {}, args: ['m'], command: 'uvx', type: 'mcp_server' }, 'd730d5acb4cadb1e075dcd7eebd0f39022732dfd32f383f426c3cd8eaa06e7d8'],
  ])("is the peer's for %s", (_what, kind, hash) => {
    expect(kindHash(kind)).toBe(hash);
  });

  it('is taken over declared members in their order, and over free ones sorted', () => {
    expect(serialisedKind({ manifest: { z: 1, a: { y: null, b: 'ä' } }, type: 'manifest' })).toBe(
      '{"type":"manifest","manifest":{"a":{"b":"ä","y":null},"z":1}}',
    );
    expect(serialisedKind({ env: { Z: '1', A: '2' }, command: 'c', args: ['b', 'a'], type: 'mcp_server' })).toBe(
      '{"type":"mcp_server","command":"c","args":["b","a"],"env":{"A":"2","Z":"1"}}',
    );
  });
});

describe('versions', () => {
  it.each([
    ['1', '1.0.0'],
    ['1.2', '1.2.0'],
    ['1.2.3', '1.2.3'],
    ['1-rc.1', '1.0.0-rc.1'],
    ['1.2.0+build.7', '1.2.0'],
  ])('%s is the same as %s', (written, full) => {
    expect(fullVersion(written)).toBe(full);
    expect(PackageVersion.safeParse(written).success).toBe(true);
  });

  it.each(['', 'v1', '01', '1.2.3.4', '1.', '1.x', 'latest', '1.0.0-', '1.0.0-01', '1 ', `1.0.0-${'a'.repeat(128)}`, '9999999999999999.0.0'])(
    '%j is none',
    (written) => {
      expect(fullVersion(written)).toBeNull();
      expect(PackageVersion.safeParse(written).success).toBe(false);
    },
  );
});

describe('names of tools that packages bring', () => {
  const server = (name: string) => ({
    kind: { type: 'mcp_server' as const },
    provides: providedBy(name, { type: 'mcp_server', command: 'c', args: [], env: {} }),
  });
  const tool = (name: string) => ({ kind: { type: 'manifest' as const }, provides: providedBy('any', { type: 'manifest', manifest: { name } }) });

  it('begin with the name of the server', () => {
    expect(server('team/files@2').provides).toBe('mcp_team_files_2_');
    expect(tool('word_count').provides).toBe('word_count');
  });

  it('collide where two packages might bring the same', () => {
    expect(collide(tool('a'), tool('a'))).toBe(true);
    expect(collide(tool('mcp_files_read'), server('files'))).toBe(true);
    expect(collide(server('files'), tool('mcp_files_read'))).toBe(true);
    expect(collide(server('files'), server('files/more'))).toBe(true);
    expect(collide(tool('a'), tool('ab'))).toBe(false);
    expect(collide(tool('mcp_files'), server('files'))).toBe(false);
    expect(collide(server('files'), server('filesystem'))).toBe(false);
  });
});

it('a manifest that is no tool is told by its first wrong field', () => {
  expect(manifestProblem({})).toEqual({ field: 'name', reason: 'is required' });
  const manifest = { name: 'w', version: '1', description: '', effect_class: 'read', risk_class: 'low', input_schema: {} };
  expect(manifestProblem(manifest)).toBeNull();
  expect(manifestProblem({ ...manifest, executor: { kind: 'shell' } })).toEqual({ field: 'executor.command_template', reason: 'is required' });
});
