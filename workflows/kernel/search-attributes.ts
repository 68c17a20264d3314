/** What people search actors by in Temporal; all keywords. */
import { defineSearchAttributeKey } from '@temporalio/common';
import * as wf from '@temporalio/workflow';

type Values = Readonly<Record<string, string | null>>;

/** Writes those that are not as they were written last, null for what is to be gone; returns what is written then. */
export function upsertChanged(written: Values, next: Values): Values {
  const changed = Object.entries(next).filter(([name, value]) => written[name] !== value);
  if (changed.length > 0) wf.upsertSearchAttributes(changed.map(([name, value]) => ({ key: defineSearchAttributeKey(name, 'KEYWORD'), value })));
  return next;
}
