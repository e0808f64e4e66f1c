"""The wire contract, parts 1 to 8, walked through from outside; each part in a file beside this one."""

import contract_catalogue
import contract_mcp
import contract_more
import contract_platforms
import contract_rest
import contract_restrictions
import contract_shaping
import contract_tools
import harness
from platform_double import Platform


def run(t):
    harness.FRESH_ADDRESSES = True
    with Platform() as platform, t.solder(
        env={**platform.setting(), "SOLDER_CONNECTOR_GITHUB_BASE_URL": "http://127.0.0.1:9", "SOLDER_TRUSTED_PROXIES": "127.0.0.1/32"}
    ) as s:
        for part in [contract_rest.endpoints, contract_rest.identity, contract_rest.servers, contract_rest.credentials, contract_rest.errors]:
            with t.case(f"{part.__name__} runs to its end"):
                part(t, s)
        server = s.create_server("Walk", customInstructions="Mind the gap.", description="described")
        for part in [contract_mcp.legacy, contract_mcp.modern, contract_mcp.tool_list, contract_mcp.sessions]:
            with t.case(f"{part.__name__} runs to its end"):
                part(t, s, server)
        for part in [contract_tools.run, contract_shaping.run]:
            with t.case(f"{part.__module__} runs to its end"):
                part(t, s, server, platform)
        with t.case("contract_catalogue runs to its end"):
            contract_catalogue.run(t, s, platform)
        with t.case("restrictions run to their end"):
            contract_restrictions.run(t, s)
        with t.case("what needs a restart and other versions of HTTP runs to its end"):
            contract_more.run(t, s)
    with t.case("calls to platforms run to their end"):
        contract_platforms.run(t)
