// The TypeScript SDK of the handshake era: lists the tools of a URL and calls one. Prints one line of JSON.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const [url, tool, args] = process.argv.slice(2);
const client = new Client({ name: 'solder-e2e', version: '1' });
const transport = new StreamableHTTPClientTransport(new URL(url));
await client.connect(transport);
const { tools } = await client.listTools();
const called = await client.callTool({ name: tool, arguments: JSON.parse(args) });
await client.ping();
const session = transport.sessionId ?? null;
if (session) await transport.terminateSession();
console.log(JSON.stringify({
  protocol: transport.protocolVersion, session, server: client.getServerVersion(), instructions: client.getInstructions() ?? null,
  tools: tools.map((tool) => tool.name), called,
}));
await client.close();
