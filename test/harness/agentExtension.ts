import { packTestExtension } from './testExtension.ts';

/** An agent in the chat. Gives its VSIX. */
export const agentExtension = (): Promise<string> =>
  packTestExtension({
    name: 'agent',
    displayName: 'Test Agent',
    script: 'test/e2e/agent/extension.ts',
    manifest: {
      activationEvents: ['onStartupFinished'],
      contributes: {
        commands: [
          { command: 'edgeMemoryTest.tellAgent', title: 'Tell the Agent', category: 'Test Agent' },
          { command: 'edgeMemoryTest.countTools', title: 'Count the Tools', category: 'Test Agent' },
        ],
        languageModelChatProviders: [{ vendor: 'edge-memory-test', displayName: 'Test' }],
        chatParticipants: [
          { id: 'edge-memory-test.agent', name: 'agent', fullName: 'Test Agent', description: 'A test' },
        ],
      },
    },
  });
