#!/usr/bin/env node
/**
 * Builds grpcurl, with which tests call the gRPC service as people do, into a cache outside the checkout, once per version. `node scripts/grpcurl.mjs` prints the path of the program; the second
 * call answers at once. Exits with 3 when there is no Go to build it with.
 */
import { join } from 'node:path';
import { cacheDirectory, madeOnce, printWhere, progress, run } from './cached-program.mjs';

const VERSION = '1.9.3';
const MODULE = `github.com/fullstorydev/grpcurl/cmd/grpcurl@v${VERSION}`;
/** Building takes one to three minutes; past this a waiting builder gives up, and Go is ended. */
const DEADLINE_MS = 20 * 60_000;

/** There is no Go on this machine. */
export class NoGo extends Error {}

/** Builds when needed; returns the path. Rejects with {@link NoGo} when Go is not installed. `say` gets progress, one line at a time. */
export async function buildGrpcurl({ env = process.env, say = (line) => process.stderr.write(`${line}\n`) } = {}) {
  const target = join(cacheDirectory(env), `grpcurl-${VERSION}`);
  await madeOnce(target, { name: 'building grpcurl', deadlineMs: DEADLINE_MS, say }, (staging) => buildInto(staging, env, say));
  return join(target, 'grpcurl');
}

async function buildInto(staging, env, say) {
  say(`Building grpcurl ${VERSION} with Go (one to three minutes, once per version) …`);
  const { seconds, over } = progress(say, 'still building', 15_000);
  try {
    await run('go', ['install', '-trimpath', '-ldflags=-s -w', MODULE], { env: { ...env, GOBIN: staging }, deadlineMs: DEADLINE_MS, killSignal: 'SIGINT' });
  } catch (problem) {
    if (problem.code === 'ENOENT')
      throw new NoGo('Tests of the gRPC service by hand need grpcurl, which is built with Go, and there is no `go` on PATH: they are skipped.');
    throw problem;
  } finally {
    over();
  }
  say(`grpcurl is built (${seconds()} s).`);
}

printWhere(import.meta.url, buildGrpcurl, (problem) => (problem instanceof NoGo ? 3 : 1));
