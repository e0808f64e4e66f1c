// The TypeScript client of both eras: `legacy`, `auto`, or pinned to a revision. Prints one line of JSON.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const [url, tool, args, mode] = process.argv.slice(2);
const versionNegotiation = mode === 'legacy' ? undefined : { mode: mode === 'auto' ? 'auto' : { pin: mode } };
const client = new Client({ name: 'solder-e2e', version: '1' }, versionNegotiation ? { versionNegotiation } : {});
const transport = new StreamableHTTPClientTransport(new URL(url));
await client.connect(transport);
const { tools } = await client.listTools();
const called = await client.callTool({ name: tool, arguments: JSON.parse(args) });
console.log(JSON.stringify({
  protocol: client.getNegotiatedProtocolVersion?.() ?? transport.protocolVersion ?? null,
  server: client.getServerVersion(), instructions: client.getInstructions() ?? null,
  tools: tools.map((tool) => tool.name), called,
}));
await client.close();
