// The TypeScript client of both eras, `legacy` or pinned to a revision: as sdk_oauth.mjs, and it checks who answered (RFC 9207).
import { createInterface } from 'node:readline/promises';
import { Client, StreamableHTTPClientTransport, auth } from '@modelcontextprotocol/client';
import { Provider } from './provider.mjs';

const [mode, url, tool] = process.argv.slice(2);
const options = mode === 'legacy' ? {} : { versionNegotiation: { mode: { pin: mode } } };
const provider = new Provider();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const connect = async () => {
  const client = new Client({ name: 'solder-e2e', version: '1' }, options);
  const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: provider });
  try {
    await client.connect(transport);
    return client;
  } catch (error) {
    if (!provider.asked) throw error;
    provider.asked = false;
    await transport.finishAuth(new URL((await lines.next()).value).searchParams);
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
