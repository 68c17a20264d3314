/** Scripts, their drafts and versions (digest §3.2: thirteen methods). */
import type { Methods } from './methods';
import { keyOf, labelsOf, pageOf, required, valuesByKey } from './requests';
import { codeView, compiledView, draftView, scriptView, versionView } from './script-views';
import { threadView } from './thread-views';

const read = { scope: 'scripts:read', resource: 'script' } as const;
const write = { scope: 'scripts:write', resource: 'script' } as const;

const INVOICE = `script "invoice-parser"
version "0.1.0"

input
  invoice_id: text

output
  invoice_id: text
  approved: boolean

ask "Approve?" -> answer
  prompt = "Invoice {invoice_id}: approve?"
  type = text
  options = ["approve", "reject"]

emit
  invoice_id = invoice_id
  approved = answer.value == "approve"
`;

export const scriptMethods = {
  createScript: {
    ...write,
    summary: 'Create a script: a name, under which versions are published',
    idempotent: true,
    examples: { bodies: { invoices: { name: 'invoice-parser', description: 'Asks about an invoice.', tags: ['finance'] } } },
    handle: async (input, call, { scripts }) => {
      const { description, tags, fromTemplate, env } = input;
      const request = { name: required('name', input.name), description, tags, fromTemplate, labels: labelsOf(input.labels), env };
      return scriptView(await scripts.create(call.principal, request, keyOf(call)));
    },
  },
  listScripts: {
    ...read,
    summary: 'List scripts by name',
    handle: async (input, { principal }, { scripts }) => {
      const { items, nextPageToken, total } = await scripts.list(principal, { tags: input.tags, labels: valuesByKey('labels', input.labels) }, pageOf(input));
      return { scripts: items.map(scriptView), nextPageToken, totalSize: total };
    },
  },
  getScript: {
    ...read,
    summary: 'Read a script',
    handle: async ({ name }, { principal }, { scripts }) => scriptView(await scripts.get(principal, required('name', name))),
  },
  deleteScript: {
    ...write,
    summary: 'Delete a script with its versions and its environment; its threads stay',
    handle: async ({ name }, { principal }, { scripts }) => {
      await scripts.delete(principal, required('name', name));
      return {};
    },
  },
  saveScriptDraft: {
    ...write,
    summary: 'Save the draft of a script, also one that has mistakes',
    examples: { bodies: { invoices: { content: INVOICE } } },
    handle: async ({ name, content }, { principal }, { scripts }) =>
      draftView(await scripts.saveDraft(principal, required('name', name), required('content', content))),
  },
  getDraftInfo: {
    ...read,
    summary: 'Read the draft of a script',
    handle: async ({ name }, { principal }, { scripts }) => draftView(await scripts.draft(principal, required('name', name))),
  },
  compileScriptDraft: {
    ...read,
    summary: 'Compile the draft of a script: its representations, its contract, and what is wrong with it',
    readsOnly: true,
    handle: async ({ name }, { principal }, { scripts }) => compiledView(await scripts.compileDraft(principal, required('name', name))),
  },
  testScriptDraft: {
    ...write,
    summary: 'Run the draft of a script as a thread of version 0',
    limit: 'execute',
    idempotent: true,
    examples: { bodies: { once: { inputJson: '{"invoice_id":"INV-42"}' } } },
    handle: async ({ name, inputJson, timeout, loadEnv, metadata }, call, { scripts }) =>
      threadView(await scripts.testDraft(call.principal, required('name', name), { inputJson, timeout, loadEnv, metadata }, keyOf(call))),
  },
  publishScriptDraft: {
    ...write,
    summary: 'Publish the draft of a script as its next version, which never changes',
    idempotent: true,
    examples: { bodies: { noted: { notes: 'asks before it approves' } } },
    handle: async ({ name, notes }, call, { scripts }) => versionView(await scripts.publish(call.principal, required('name', name), notes, keyOf(call))),
  },
  rollbackScript: {
    ...write,
    summary: 'Make a version of a script the active one again',
    examples: { bodies: { back: { toVersion: 0 } } },
    handle: async ({ name, toVersion }, { principal }, { scripts }) => versionView(await scripts.rollback(principal, required('name', name), toVersion)),
  },
  listScriptVersions: {
    ...read,
    summary: 'List the versions of a script, newest first',
    handle: async (input, { principal }, { scripts }) => {
      const { items, nextPageToken } = await scripts.versions(principal, required('name', input.name), pageOf(input));
      return { versions: items.map(versionView), nextPageToken };
    },
  },
  getScriptVersion: {
    ...read,
    summary: 'Read a version of a script with its contract',
    handle: async ({ name, version }, { principal }, { scripts }) => versionView(await scripts.version(principal, required('name', name), version)),
  },
  getScriptCode: {
    ...read,
    summary: 'Read the text of a version of a script',
    handle: async ({ name, version }, { principal }, { scripts }) => codeView(await scripts.version(principal, required('name', name), version)),
  },
} satisfies Partial<Methods>;
