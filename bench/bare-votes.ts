/** The least that Temporal can do for three agents who are asked at once: the yardstick for executions. */
import * as wf from '@temporalio/workflow';

interface Votes {
  vote(text: string): Promise<{ readonly category: string; readonly confidence: number }>;
}

export async function bareVotes(text: string): Promise<{ readonly category: string; readonly confidence: number }> {
  const { vote } = wf.proxyActivities<Votes>({ startToCloseTimeout: '10 seconds' });
  const votes = await Promise.all([vote(text), vote(text), vote(text)]);
  return { category: votes[0]?.category ?? '', confidence: votes.reduce((sum, { confidence }) => sum + confidence, 0) / votes.length };
}
