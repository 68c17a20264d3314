/**
 * `/docs`: the descriptions of all surfaces to browse, with Swagger UI from this server alone. Its own policy allows its own scripts, styles and requests,
 * and the images that its styles hold; nothing from anywhere else is loaded. The descriptions are public, and so are these pages.
 */
import { createReadStream } from 'node:fs';
import type { Context } from 'koa';
import type { Routers } from './routers';
import type { Surface } from './surface';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // React sets styles of single elements.
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The files of the package that are served, by their names. */
const ASSETS: Readonly<Record<string, { readonly type: string; readonly path: () => string }>> = {
  'swagger-ui.css': { type: 'text/css', path: () => require.resolve('swagger-ui-dist/swagger-ui.css') },
  'swagger-ui-bundle.js': { type: 'text/javascript', path: () => require.resolve('swagger-ui-dist/swagger-ui-bundle.js') },
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const page = (title: string, head: string, body: string): string =>
  `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${escaped(title)}</title>\n${head}</head>\n<body>\n${body}</body>\n</html>\n`;

type Described = Pick<Surface, 'name' | 'title' | 'description'>;

function index(surfaces: readonly Described[]): string {
  const items = surfaces.map(
    ({ name, title, description }) =>
      `<dt><a href="/docs/${name}">${escaped(title)}</a></dt>\n<dd>${escaped(description)} (<a href="/openapi/${name}.json">OpenAPI</a>)</dd>\n`,
  );
  return page('Everthread', '', `<h1>Everthread</h1>\n<dl>\n${items.join('')}</dl>\n`);
}

const browser = ({ name, title }: Described): string =>
  page(
    title,
    '<link rel="stylesheet" href="/docs/assets/swagger-ui.css">\n',
    `<p><a href="/docs">All surfaces</a></p>\n<div id="surface"></div>\n<script src="/docs/assets/swagger-ui-bundle.js"></script>\n<script src="/docs/${name}.js"></script>\n`,
  );

/** A script of its own, because the policy allows none inside the page. `validatorUrl` would send the description to somebody else. */
const starter = ({ name }: Described): string =>
  `window.ui = SwaggerUIBundle(${JSON.stringify({ url: `/openapi/${name}.json`, dom_id: '#surface', deepLinking: true, validatorUrl: null })});\n`;

function answer(ctx: Pick<Context, 'set' | 'type' | 'body'>, type: string, body: Context['body']): void {
  ctx.set('Content-Security-Policy', POLICY);
  ctx.type = type;
  ctx.body = body;
}

export function serveDocs<S>(routers: Pick<Routers<S>, 'register'>, surfaces: readonly Described[]): void {
  const get = (path: string, serve: (ctx: Pick<Context, 'set' | 'type' | 'body'>) => void): void =>
    routers.register(path, 'get', (ctx) => serve(ctx as unknown as Context));
  get('/docs', (ctx) => answer(ctx, 'text/html', index(surfaces)));
  for (const surface of surfaces) {
    get(`/docs/${surface.name}`, (ctx) => answer(ctx, 'text/html', browser(surface)));
    get(`/docs/${surface.name}.js`, (ctx) => answer(ctx, 'text/javascript', starter(surface)));
  }
  for (const [name, { type, path }] of Object.entries(ASSETS)) {
    get(`/docs/assets/${name}`, (ctx) => {
      answer(ctx, type, createReadStream(path()));
      ctx.set('Cache-Control', 'max-age=86400');
    });
  }
}
