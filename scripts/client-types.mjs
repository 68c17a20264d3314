#!/usr/bin/env node
/** The client's types of one surface, made from its OpenAPI document. As a program it reads the document from standard input, for the test that compares. */
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import openapiTypescript, { astToString } from 'openapi-typescript';
import ts from 'typescript';

/** Any JSON value refers to itself, which the compiler refuses in the form that is generated. */
const transform = (_schema, { path }) => (path === '#/components/schemas/Json' ? ts.factory.createKeywordTypeNode(ts.SyntaxKind.UnknownKeyword) : undefined);

/** TypeScript source: `paths`, `components` and `operations` of the document. */
export async function clientTypes(document) {
  return `/** Written by \`npm run docs\` from docs/openapi; do not edit. */\n${astToString(await openapiTypescript(document, { transform, defaultNonNullable: false }))}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.stdout.write(await clientTypes(await text(process.stdin)));
}
