/** Faults as errors of gRPC: google.rpc.Status with the same details as over HTTP (../fault-body.ts). */
import { create } from '@bufbuild/protobuf';
import { ConnectError } from '@connectrpc/connect';
import { shownFault } from '../../http/fault-status';
import { ERROR_DOMAIN, infoOf, reasonOf, retrySeconds, rpcCode, violationsOf } from '../fault-body';
import { inProto } from '../spelling';
import { BadRequestSchema, ErrorInfoSchema, RequestInfoSchema, RetryInfoSchema } from '../generated/google/rpc/error_details_pb';

/** Of errors that Connect made by itself (deadline, cancelled, a message that cannot be read) nothing changes. */
export function statusError(thrown: unknown, requestId: string): ConnectError {
  if (thrown instanceof ConnectError) return thrown;
  const fault = shownFault(thrown);
  const violations = violationsOf(fault, inProto);
  const seconds = retrySeconds(fault);
  const details = [
    { desc: ErrorInfoSchema, value: create(ErrorInfoSchema, { reason: reasonOf(fault.code), domain: ERROR_DOMAIN, metadata: { ...infoOf(fault) } }) },
    ...(violations.length > 0 ? [{ desc: BadRequestSchema, value: create(BadRequestSchema, { fieldViolations: [...violations] }) }] : []),
    ...(seconds === null ? [] : [{ desc: RetryInfoSchema, value: create(RetryInfoSchema, { retryDelay: { seconds: BigInt(seconds), nanos: 0 } }) }]),
    { desc: RequestInfoSchema, value: create(RequestInfoSchema, { requestId }) },
  ];
  return new ConnectError(fault.message, rpcCode(fault), undefined, details);
}
