/**
 * What a peer answers about packages (digest §2.26, transcript 13): requests with the status and the body that it gave. Ours has every member of that body with the same value,
 * and more beside them, except where `differs` says what is otherwise and why.
 */
export interface Exchange {
  readonly request: readonly [method: 'GET' | 'POST' | 'DELETE', path: string, body?: object];
  readonly peer: { readonly status: number; readonly body: object | string };
  readonly differs?: { readonly why: string; readonly status?: number; readonly body: object };
}

const MANIFEST = { type: 'manifest', manifest: {} };
const ODD_HASH = 'b119d0e2e2c0ff04d18402ad42f94e8379b3d4e487078523307a85155e2ec042';
const SERVER_HASH = 'd730d5acb4cadb1e075dcd7eebd0f39022732dfd32f383f426c3cd8eaa06e7d8';
const unsigned = { published_at: '', signature: '', publisher_pubkey: '' };
const about = { description: 'x', author: 'me' };
const TOOL = { name: 'wc_tool', version: '1', description: 'd', effect_class: 'read', risk_class: 'low', input_schema: {} };

const wcOld = {
  name: 'wc',
  version: '0.9.0',
  ...about,
  tags: [],
  kind: { type: 'mcp_server', command: 'uvx', args: ['m'], env: {} },
  content_hash: SERVER_HASH,
  ...unsigned,
};
const wcNew = { name: 'wc', version: '0.10.0', ...about, kind: { type: 'mcp_server', command: 'uvx', args: ['m'], env: { A: 'b' } } };
const slash = { name: 'ns/slash', version: '1', ...about, tags: [], kind: MANIFEST, content_hash: ODD_HASH, ...unsigned };
const badsig = { ...slash, name: 'badsig', signature: 'zz', publisher_pubkey: 'zz' };

const NEWEST = 'The newest version is the highest semantic version, not the greatest text; `published_at` says when.';
const published = { status: 201, body: { status: 'published' } };

export const EXCHANGES: readonly Exchange[] = [
  { request: ['GET', '/marketplace/packages'], peer: { status: 200, body: { packages: [], total: 0 } } },
  {
    request: [
      'POST',
      '/marketplace/packages',
      { name: 'wc', version: '0.1.0', description: 'count words', author: 'me', tags: ['text'], kind: { type: 'manifest', manifest: TOOL } },
    ],
    peer: published,
  },
  {
    request: ['POST', '/marketplace/packages', { name: 'wc', version: '0.1.0', description: 'count words', author: 'me', kind: MANIFEST }],
    peer: { status: 409, body: { error: 'version conflict: wc@0.1.0 already exists' } },
  },
  { request: ['POST', '/marketplace/packages', wcNew], peer: published },
  {
    request: ['POST', '/marketplace/packages', { name: 'wc', version: '0.9.0', ...about, kind: { type: 'mcp_server', command: 'uvx', args: ['m'] } }],
    peer: published,
  },
  {
    request: ['POST', '/marketplace/packages', { name: 'badhash', version: '1', ...about, content_hash: '00', kind: MANIFEST }],
    peer: { status: 409, body: { error: `integrity mismatch: expected 00, got ${ODD_HASH}` } },
  },
  {
    request: ['POST', '/marketplace/packages', { name: 'badsig', version: '1', ...about, signature: 'zz', publisher_pubkey: 'zz', kind: MANIFEST }],
    peer: published,
    differs: { why: 'A signature is checked; the peer takes anything.', status: 422, body: { code: 'package.signature', field: 'signature' } },
  },
  {
    request: ['POST', '/marketplace/packages', { name: 'x' }],
    peer: { status: 422, body: 'missing field `version`' },
    differs: {
      why: 'Errors are JSON everywhere; the peer answers this one in plain text.',
      body: { error: 'version is required', code: 'request.invalid', field: 'version' },
    },
  },
  { request: ['POST', '/marketplace/packages', { name: 'ns/slash', version: '1', ...about, kind: MANIFEST }], peer: published },
  {
    request: ['GET', '/marketplace/packages'],
    peer: { status: 200, body: { packages: [wcOld, badsig, slash], total: 3 } },
    differs: {
      why: `${NEWEST} Lists are sorted by name. The package with the bad signature was refused.`,
      body: { packages: [{ name: 'ns/slash' }, wcNew], total: 2 },
    },
  },
  {
    request: ['GET', '/marketplace/packages/wc'],
    peer: { status: 200, body: wcOld },
    differs: { why: NEWEST, body: { ...wcNew, signature: '', publisher_pubkey: '' } },
  },
  { request: ['GET', '/marketplace/packages/none'], peer: { status: 404, body: { error: 'package not found: none' } } },
  {
    request: ['GET', '/marketplace/packages/ns%2Fslash'],
    peer: { status: 200, body: slash },
    differs: { why: '`published_at` says when.', body: { ...slash, published_at: expect.stringMatching(/^\d{4}-.*Z$/) as string } },
  },
  { request: ['GET', '/marketplace/search?q=count&tag=text&kind=manifest'], peer: { status: 200, body: { results: [], count: 0 } } },
  {
    request: ['GET', '/marketplace/search?kind=mcp_server'],
    peer: { status: 200, body: { results: [wcOld], count: 1 } },
    differs: { why: NEWEST, body: { results: [wcNew], count: 1 } },
  },
  { request: ['DELETE', '/marketplace/packages/wc/0.1.0'], peer: { status: 200, body: { status: 'unpublished', name: 'wc', version: '0.1.0' } } },
  { request: ['DELETE', '/marketplace/packages/wc/9.9.9'], peer: { status: 404, body: { error: 'package not found: wc@9.9.9' } } },
];
