import { rawRequest, serve, type Served } from './serve';

let served: Served;
beforeAll(async () => {
  served = await serve({
    authenticate: () => {
      throw new Error('nobody is asked');
    },
  });
});
afterAll(() => served.server.close(100));

const page = async (path: string) => {
  const response = await fetch(`${served.url}${path}`);
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    policy: response.headers.get('content-security-policy'),
    text: await response.text(),
  };
};

const addressesIn = (html: string): readonly string[] => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address as string);

it('lists every surface to whoever asks', async () => {
  const { status, type, text } = await page('/docs');

  expect([status, type]).toEqual([200, 'text/html; charset=utf-8']);
  for (const name of ['managed-threads', 'control-plane', 'runs', 'threads', 'agent-protocol', 'ag-ui'])
    expect(addressesIn(text)).toEqual(expect.arrayContaining([`/docs/${name}`, `/openapi/${name}.json`]));
});

it.each(['managed-threads', 'control-plane', 'runs', 'threads', 'agent-protocol', 'ag-ui'])(
  'shows %s with nothing but what this server has, under a policy that allows exactly that',
  async (name) => {
    const { status, policy, text } = await page(`/docs/${name}`);

    expect(status).toBe(200);
    const addresses = addressesIn(text);
    expect(addresses).toEqual(['/docs/assets/swagger-ui.css', '/docs', '/docs/assets/swagger-ui-bundle.js', `/docs/${name}.js`]);
    for (const address of addresses) expect((await page(address)).status).toBe(200);
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|https?:/);
    expect(policy?.split('; ').sort()).toEqual(
      [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
      ].sort(),
    );
    const starter = await page(`/docs/${name}.js`);
    expect(starter.type).toContain('text/javascript');
    expect(starter.text).toContain(`"/openapi/${name}.json"`);
    expect(starter.text).toContain('"validatorUrl":null');
  },
);

it('serves the program and the styles of the page with their own types, and no other file of their package', async () => {
  const program = await page('/docs/assets/swagger-ui-bundle.js');
  expect([program.status, program.type]).toEqual([200, 'text/javascript; charset=utf-8']);
  expect(program.text).toContain('SwaggerUIBundle');
  expect((await page('/docs/assets/swagger-ui.css')).type).toBe('text/css; charset=utf-8');
  for (const path of ['/docs/assets/package.json', '/docs/assets/..%2fpackage.json', '/docs/assets/', '/docs/nothing'])
    expect((await page(path)).status).toBe(404);
});

it('refuses a foreign Host in open mode, as everything does', async () => {
  const status = await new Promise((resolve, reject) => {
    rawRequest(`${served.url}/docs`, { headers: { Host: 'rebound.example' } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });

  expect(status).toBe(403);
});

it('keeps the strict policy for everything else', async () => {
  expect((await page('/openapi/managed-threads.json')).policy).toBe("default-src 'none'; frame-ancestors 'none'");
});
