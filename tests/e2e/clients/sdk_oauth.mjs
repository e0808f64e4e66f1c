// The TypeScript SDK of the handshake era: it finds out how to sign in, registers itself, signs its user in, lists the tools
// and calls one, then refreshes its token. Prints `OPEN <url>` where a browser shall go, and one line of JSON at its end.
import { createInterface } from 'node:readline/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { auth } from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Provider } from './provider.mjs';

const [url, tool] = process.argv.slice(2);
const provider = new Provider();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const connect = async () => {
  const client = new Client({ name: 'solder-e2e', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  try {
    await client.connect(transport);
    return client;
  } catch (error) {
    if (!provider.asked) throw error;
    provider.asked = false;
    const landed = new URL((await lines.next()).value);
    await transport.finishAuth(landed.searchParams.get('code'));
    return connect();
  }
};
const client = await connect();
const { tools } = await client.listTools();
const called = await client.callTool({ name: tool, arguments: {} });
const token = provider.saved.access_token;
await auth(provider, { serverUrl: url });
console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), called, token, refreshed: provider.saved.access_token }));
process.exit(0);
