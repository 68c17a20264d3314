/** Scripts, drafts, versions and contracts as messages. */
import type {
  Compiled,
  ScriptContract,
  ScriptDiagnostic,
  ScriptDraft as Draft,
  ScriptRecord,
  ScriptTemplate,
  ScriptToolEntry,
  ScriptVersion as Version,
} from '../../contracts/script/ports';
import type { IrField, IrTool } from '../../contracts/script/ir';
import { Diagnostic_Severity, Script_Status, ScriptVersion_Status } from './generated/dodil/scriptum/v1/scripts_pb';
import { jsonText, msOf, text } from './values';

const SEVERITIES = { error: Diagnostic_Severity.ERROR, warning: Diagnostic_Severity.WARNING, info: Diagnostic_Severity.INFO } as const;

export const scriptView = ({ labels, createdAt, updatedAt, status, tags, ...script }: ScriptRecord) => ({
  ...script,
  tags: [...tags],
  labels: Object.entries(labels).map(([key, values]) => ({ key, values: [...values] })),
  status: Script_Status[status],
  createdAtMs: msOf(createdAt),
  updatedAtMs: msOf(updatedAt),
});

const diagnosticView = ({ severity, hint, ...diagnostic }: ScriptDiagnostic) => ({ ...diagnostic, severity: SEVERITIES[severity], hint: text(hint) });

export const draftView = ({ status, diagnostics, savedAt, ...draft }: Draft) => ({
  ...draft,
  status: ScriptVersion_Status[status],
  diagnostics: diagnostics.map(diagnosticView),
  savedAtMs: msOf(savedAt),
});

const fieldView = ({ name, type, optional, default: value }: IrField) => ({ name, type, optional: optional === true, defaultValue: text(value) });
const toolView = ({ name, tool, source }: IrTool) => ({ name, tool, source });

const contractView = ({ input, output, stream, env, enums }: ScriptContract) => ({
  input: input.map(fieldView),
  output: output.map(fieldView),
  stream: (stream ?? []).map(fieldView),
  hasStream: stream !== null,
  env: env.map(fieldView),
  enums: Object.entries(enums).map(([name, values]) => ({ name, values: [...values] })),
});

export const compiledView = ({ ok, ast, ir, irYaml, contract, toolsRequired, diagnostics }: Compiled) => ({
  ok,
  astJson: ast === null ? '' : jsonText(ast),
  irYaml: text(irYaml),
  irJson: ir === null ? '' : jsonText(ir),
  ...(contract !== null && { contract: contractView(contract) }),
  toolsRequired: toolsRequired.map(toolView),
  diagnostics: diagnostics.map(diagnosticView),
});

export const versionView = ({ scriptName, version, status, format, contract, toolsRequired, hash, notes, publishedBy, publishedAt }: Version) => ({
  ...{ scriptName, version, format, hash, notes, publishedBy },
  status: ScriptVersion_Status[status],
  contract: contractView(contract),
  toolsRequired: toolsRequired.map(toolView),
  publishedAtMs: msOf(publishedAt),
});

export const codeView = ({ scriptName, version, content, format, hash, ir }: Version) => ({ scriptName, version, content, format, hash, irJson: jsonText(ir) });

export const templateView = ({ tags, name, description, content }: ScriptTemplate) => ({ name, description, content, tags: [...tags] });

export const toolEntryView = ({ inputSchema, name, source, description, effect }: ScriptToolEntry) => ({
  ...{ name, source, description, effect },
  inputSchemaJson: jsonText(inputSchema),
});
