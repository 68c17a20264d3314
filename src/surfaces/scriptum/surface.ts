/** Scripts (seed 004): the service dodil.scriptum.v1.ScriptumService as JSON over HTTP, by its annotations. The same methods are served by gRPC (../grpc). */
import type { SurfaceDefinition } from '../http/surface';
import { downloadArtifact } from './artifact';
import { faultBody, faultSchema, faultStatus } from './fault-body';
import type { ScriptumPorts } from './ports';
import { scriptumRoutes } from './routes';

export const scriptum: SurfaceDefinition<ScriptumPorts> = {
  name: 'scriptum',
  title: 'Everthread scripts',
  description: 'Scripts whose steps can pause and ask, their threads, and what they come to.',
  prefixes: ['/v1/scriptum'],
  faultBody,
  faultStatus,
  faultSchema,
  routes: [...scriptumRoutes, downloadArtifact],
};
