"""Every tool that declares an output schema, through the Python SDK, which checks each result against that schema."""

import asyncio
import json
import sys

import mcp

CALLS = [
    ("list_connectors_alloy", {}),
    ("get_connector_resources_alloy", {"connectorId": "github"}),
    ("get_action_details_alloy", {"connectorId": "github", "actionId": "issues/create"}),
    ("get_action_details_alloy", {"connectorId": "slack", "actionId": "users_list"}),
    ("get_credential_metadata_alloy", {"connectorId": "slack"}),
    ("create_credential_alloy", {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "xoxb-schema"}}),
    ("get_credentials_alloy", {}),
    ("discover_action_path_alloy", {"goal": "send a message to a channel"}),
    ("discover_action_path_alloy", {"goal": "zzzz qqqq"}),
]


async def main(url):
    async with mcp.Client(url) as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        seen = []
        for name, arguments in CALLS:
            assert tools[name].output_schema, f"{name} declares no output schema"
            called = await client.call_tool(name, arguments)
            assert not called.is_error, f"{name}: {called.content[0].text}"
            assert called.structured_content == json.loads(called.content[0].text), name
            seen.append(name)
        print(json.dumps({"called": seen}))


asyncio.run(main(sys.argv[1]))
