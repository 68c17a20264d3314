/** Search attributes of workflows that are no actors: by these a person finds them in the Temporal UI. */
import { defineSearchAttributeKey, TypedSearchAttributes } from '@temporalio/common';

export const kindAttributes = (kind: string, tenant: string): TypedSearchAttributes =>
  new TypedSearchAttributes([
    { key: defineSearchAttributeKey('EverthreadKind', 'KEYWORD'), value: kind },
    { key: defineSearchAttributeKey('EverthreadTenant', 'KEYWORD'), value: tenant },
  ]);
