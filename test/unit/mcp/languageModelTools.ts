/** What package.json says about the tools; `node test/unit/mcp/languageModelTools.ts` writes it there anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

import { toolsFor } from '../../../src/mcp/tools.ts';
import { WorkspaceFiles } from '../../../src/mcp/workspaceFiles.ts';

const manifestFile = path.resolve(import.meta.dirname, '../../../package.json');

interface Manifest {
  readonly contributes: Record<string, unknown>;
}

export const manifest = (): Manifest => JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;

const textsFile = path.resolve(import.meta.dirname, '../../../package.nls.json');

/** Texts of package.json for people. */
export const texts = (): Record<string, string> =>
  JSON.parse(readFileSync(textsFile, 'utf8')) as Record<string, string>;

const tools = toolsFor({ settings: { olderNames: true }, files: new WorkspaceFiles([]) });

export const toolTexts = (): Record<string, string> =>
  Object.fromEntries(tools.map(({ name, title }) => [`tool.${name}`, title]));

/** From the definitions that the MCP server has. */
export const languageModelTools = (): readonly object[] =>
  tools.map(({ name, description, input }) => {
    const inputSchema: Record<string, unknown> = z.toJSONSchema(input, { target: 'draft-7', io: 'input' });
    delete inputSchema['$schema'];
    return {
      name: `edge_${name}`,
      displayName: `%tool.${name}%`,
      toolReferenceName: `edge_${name}`,
      canBeReferencedInPrompt: true,
      icon: '$(database)',
      modelDescription: description,
      inputSchema,
      when: `edgeMemory.offers.${name}`,
    };
  });

if (import.meta.main) {
  const all = manifest();
  const contributes = { ...all.contributes, languageModelTools: languageModelTools() };
  writeFileSync(manifestFile, `${JSON.stringify({ ...all, contributes }, undefined, 2)}\n`);
  writeFileSync(textsFile, `${JSON.stringify({ ...texts(), ...toolTexts() }, undefined, 2)}\n`);
}
