"""The Model Context Protocol's own client, unmodified."""

import asyncio

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client

MAIL = "ana@example.org"


async def talk(url):
    async with streamable_http_client(url) as streams:
        async with ClientSession(streams[0], streams[1]) as session:
            await session.initialize()
            tools = await session.list_tools()
            result = await session.call_tool(tools.tools[0].name, {"text": f"write to {MAIL}"})
            return tools.tools[0].name, result.content[0].text


def test_mcp(gateway):
    name, text = asyncio.run(talk(f"{gateway.url}/mcp"))
    assert name == "echo" and MAIL in text
    assert MAIL not in gateway.seen()
