"""The Python SDK: it registers itself, signs its user in, lists the tools and calls one, then refreshes its token. Prints
`OPEN <url>` where a browser shall go, and one line of JSON at its end."""

import asyncio
import json
import sys
import time
import urllib.parse

import httpx2
import mcp
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

REDIRECT = "http://127.0.0.1:61999/callback"


class Storage:
    """What the client keeps, in memory."""

    def __init__(self):
        self.tokens = self.client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


async def redirect(url):
    print(f"OPEN {url}", flush=True)


async def callback():
    landed = await asyncio.to_thread(sys.stdin.readline)
    told = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(landed.strip()).query))
    return AuthorizationCodeResult(code=told["code"], state=told.get("state"), iss=told.get("iss"))


async def main(url, tool):
    storage = Storage()
    metadata = OAuthClientMetadata(
        client_name="Solder e2e", redirect_uris=[REDIRECT], token_endpoint_auth_method="none",
        grant_types=["authorization_code", "refresh_token"], response_types=["code"],
    )
    provider = OAuthClientProvider(url, metadata, storage, redirect, callback)
    async with httpx2.AsyncClient(auth=provider, timeout=30) as http:
        async with mcp.Client(streamable_http_client(url, http_client=http)) as client:
            tools = (await client.list_tools()).tools
            called = await client.call_tool(tool, {})
            token = storage.tokens.access_token
            # What is over is refreshed before the next request.
            provider.context.token_expiry_time = time.time() - 1
            await client.call_tool(tool, {})
    print(json.dumps({
        "tools": [tool.name for tool in tools],
        "called": called.model_dump(by_alias=True, exclude_none=True, mode="json"),
        "token": token,
        "refreshed": storage.tokens.access_token,
    }))


asyncio.run(main(*sys.argv[1:]))
