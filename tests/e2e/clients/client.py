"""The Python SDK, which finds out by itself which era a server speaks. Prints one line of JSON."""

import asyncio
import json
import sys

import mcp


async def main(url, tool, arguments):
    async with mcp.Client(url) as client:
        tools = (await client.list_tools()).tools
        called = await client.call_tool(tool, json.loads(arguments))
        server = client.server_info
        print(json.dumps({
            "protocol": client.protocol_version,
            "server": {"name": server.name, "version": server.version} if server else None,
            "instructions": client.instructions,
            "tools": [tool.name for tool in tools],
            "called": called.model_dump(by_alias=True, exclude_none=True, mode="json"),
        }))


asyncio.run(main(*sys.argv[1:]))
