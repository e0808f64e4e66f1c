"""Parts 1 to 4 of the contract from outside: endpoints, identity, servers, errors."""

import base64
import datetime
import hmac
import json
import re
import subprocess
import tempfile
import time

from harness import MODERN, PYTHON, Mcp, contains, equal, http_call, is_time, need, until

SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*-[a-z0-9]{8}$")


def moment(text):
    return datetime.datetime.fromisoformat(is_time(text).replace("Z", "+00:00"))


def endpoints(t, s):
    """Part 1, and what part 4 says of routes and methods."""
    id = s.server["serverId"]
    with t.case("health tells the time and asks for nothing"):
        health = http_call("GET", s.url + "/health")
        equal((health.status, health.json()["status"]), (200, "healthy"))
        assert abs((moment(health.json()["timestamp"]) - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60
    for method, path in [("POST", "/api/servers"), ("GET", "/api/servers"), ("GET", f"/api/servers/{id}"), ("PUT", f"/api/servers/{id}"),
                         ("DELETE", f"/api/servers/{id}"), ("POST", f"/api/servers/{id}/token"), ("POST", "/api/credentials"),
                         ("GET", "/api/credentials"), ("PUT", "/api/credentials/0123456789abcdef01234567"), ("GET", "/api/connectors"),
                         ("GET", "/api/connectors/slack"), ("GET", "/api/connectors/slack/actions/users_list"),
                         ("POST", "/api/connectors/slack/actions/users_list/execute"), ("POST", "/api/connectors/slack/execute"), ("POST", "/api/jwt-keys"),
                         ("GET", "/api/jwt-keys"), ("GET", "/api/jwt-keys/jwt_0123456789abcdef"), ("DELETE", "/api/jwt-keys/jwt_0123456789abcdef"), ("POST", f"/mcp/{id}"), ("GET", f"/mcp/{id}"), ("DELETE", f"/mcp/{id}")]:
        with t.case(f"{method} {path.replace(id, '{serverId}')} without, with an unknown and with a malformed key is 401"):
            for headers in [{}, {"authorization": "Bearer " + "k" * 32}, {"authorization": "Bearer"}, {"authorization": "Bearer a b"},
                            {"authorization": f"Basic {s.key}"}, {"authorization": s.key}, {"x-api-key": s.key}]:
                # GET and DELETE of /mcp without a session are 405 whoever asks.
                headers = {**headers, "mcp-session-id": "some-session"} if path.startswith("/mcp") else headers
                answer = http_call(method, s.url + path, headers, {} if method in ("POST", "PUT") else None)
                error = answer.error(401, "UNAUTHORIZED")
                equal(error["message"], "Invalid or missing authentication")
    for path in ["/", "/api", "/api/nothing", "/api/servers/x/y/z", "/nothing", "/api/servers/", "/mcp/a/b/c"]:
        with t.case(f"{path} is no route"):
            http_call("GET", s.url + path, s.headers()).error(404, "NOT_FOUND")
    for method, path, allowed in [("PATCH", "/api/servers", "POST"), ("DELETE", "/api/servers", "GET"), ("POST", f"/api/servers/{id}", "PUT"),
                                  ("PUT", f"/mcp/{id}/x", "POST"), ("POST", "/health", "GET"), ("PATCH", f"/mcp/{id}", "POST")]:
        with t.case(f"{method} {path.replace(id, '{serverId}')} is no method there"):
            answer = http_call(method, s.url + path, s.headers())
            answer.error(405, "METHOD_NOT_ALLOWED")
            contains(answer.headers.get("allow", ""), allowed)
    with t.case("every answer carries a request id of its own"):
        answers = [http_call("GET", s.url + path, s.headers()) for path in ["/health", "/api/servers", "/api/nothing", f"/mcp/{id}"]]
        answers.append(s.mcp().legacy("tools/list"))
        ids = [answer.headers.get("x-request-id") for answer in answers]
        assert all(ids) and len(set(ids)) == len(ids), ids
    with t.case("the API describes itself, and the description is valid"):
        document = http_call("GET", s.url + "/api/openapi.json")
        equal(document.status, 200)
        for path, methods in [("/api/servers", ["get", "post"]), ("/api/servers/{serverId}", ["get", "put", "delete"]), ("/api/credentials", ["get", "post"]),
                              ("/api/credentials/{credentialId}", ["get", "put", "delete"]), ("/api/connectors", ["get"]), ("/api/connectors/{connectorId}/execute", ["post"])]:
            for method in methods:
                contains(document.json()["paths"][path], method)
        equal(document.json()["paths"]["/api/servers/{serverId}"]["delete"]["operationId"], "delete-server")
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(document.body)
            file.flush()
            done = subprocess.run([need(PYTHON), "-m", "openapi_spec_validator", file.name], capture_output=True, text=True, check=False)
            equal(done.returncode, 0, done.stdout[-1500:] + done.stderr[-500:])
    with t.case("a browser on another origin is given no permission for /api"):
        answer = http_call("OPTIONS", s.url + "/api/servers", {"origin": "http://evil.example.com", "access-control-request-method": "GET"})
        assert answer.headers.get("access-control-allow-origin") in (None, ""), answer.header_list


def identity(t, s):
    """Part 2."""
    server = s.create_server("Identity")
    url = s.url + "/api/servers"

    def get(pairs):
        return http_call("GET", url, [("authorization", f"Bearer {s.key}"), *pairs])

    with t.case("absent, the key's own user acts; named, that user does, and comes to be"):
        assert server["serverId"] in [one["serverId"] for one in get([]).json()["servers"]]
        assert server["serverId"] in [one["serverId"] for one in get([("x-alloy-userid", s.user)]).json()["servers"]]
        equal(get([("x-alloy-userid", "brand-new")]).json()["servers"], [])
        contains(json.dumps(s.cli("users", "list")), "brand-new")
    for name, pairs in {
        "empty": [("x-alloy-userid", "")], "repeated": [("x-alloy-userid", "a"), ("x-alloy-userid", "a")],
        "over-long": [("x-alloy-userid", "x" * 10_001)], "not UTF-8": [("x-alloy-userid", b"caf\xe9")],
        "a repeated bearer": [("authorization", f"Bearer {s.key}")],
    }.items():
        with t.case(f"an identity header that is {name} is 400"):
            get(pairs).error(400, "INVALID_REQUEST")
            answer = http_call("POST", s.server["url"], [("authorization", f"Bearer {s.key}"), ("accept", "*/*"), *pairs], {"jsonrpc": "2.0", "id": 1, "method": "ping"})
            answer.error(400, "INVALID_REQUEST")
    for header in ["x-credential-id", "x-redirect-uri", "x-mcp-server-id"]:
        with t.case(f"an empty or repeated {header} is 400"):
            for pairs in [[(header, "")], [(header, "a"), (header, "b")]]:
                answer = http_call("POST", s.server["url"], [("authorization", f"Bearer {s.key}"), ("accept", "*/*"), *pairs], {"jsonrpc": "2.0", "id": 1, "method": "ping"})
                equal(answer.status, 400, f"{answer!r}")
    with t.case("user ids are the customer's own: long ones, any script, compared byte for byte"):
        for user in ["x" * 10_000, "名前 with space", "a/b?c#d%", "ÄÖ", "e\u0301"]:
            made = http_call("POST", url, [("authorization", f"Bearer {s.key}"), ("x-alloy-userid", user.encode())], {"name": "Own"})
            equal(made.status, 201, f"{user[:20]}: {made!r}")
        equal(get([("x-alloy-userid", "é".encode())]).json()["count"], 0, "the composed é is another user than the decomposed")
        equal(get([("x-alloy-userid", "äö".encode())]).json()["count"], 0, "case counts")
    with t.case("the listener takes 64 KB of headers"):
        filler = [(f"x-filler-{number}", "f" * 5_000) for number in range(11)]
        equal(get(filler).status, 200)
        answer = get([(f"x-filler-{number}", "f" * 8_000) for number in range(40)])
        assert answer.status in (400, 431), f"{answer!r}"
    bound = s.cli("keys", "create", "--user", "bound-user", "--user-bound")["apiKey"]
    with t.case("a user-bound key acts as its user, and as no other"):
        until(lambda: s.api("GET", "/api/servers", key=bound).status == 200, 2, "the key")
        equal(s.api("GET", "/api/servers", key=bound, user="bound-user").status, 200)
        s.api("GET", "/api/servers", key=bound, user="someone-else").error(403, "FORBIDDEN")
        Mcp(s.server["url"], s.headers(bound, "someone-else")).legacy("ping").error(403, "FORBIDDEN")
    with t.case("a JWT that no registered key verifies, as bearer or beside one, is 401 and never somebody"):
        for token in ["eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiIsImV4cCI6NDA3MDkwODgwMH0.c2ln", "not-a-jwt"]:
            for headers in [{"authorization": f"Bearer {token}"}, {**s.headers(), "x-alloy-user-token": token}, {"x-alloy-user-token": token}]:
                http_call("GET", url, headers).error(401, "UNAUTHORIZED")
                http_call("POST", s.server["url"], {**headers, "accept": "*/*"}, {"jsonrpc": "2.0", "id": 1, "method": "ping"}).error(401, "UNAUTHORIZED")
            equal(s.mcp().legacy("ping", headers={"x-alloy-user-token": token}).status, 401, "beside a token URL")
    signed_users(t, s, server)
    places(t, s, server)
    token_url(t, s, server)
    public_server(t, s)


def jwt(secret, claims, header=None):
    """A JWT in its compact form, signed by HS256 whatever its header says."""
    def encode(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    signed = b".".join(encode(json.dumps(part).encode()) for part in [header or {"alg": "HS256", "typ": "JWT"}, claims])
    return (signed + b"." + encode(hmac.digest(secret.encode(), signed, "sha256"))).decode()


def signed_users(t, s, server):
    """Users whom JWTs name, by a key that is registered over REST and deleted from the command line."""
    secret = "an end-to-end secret of more than 32 bytes"
    url, path = s.url + "/api/servers", f"{s.url}/mcp/{server['serverId']}"
    claims = {"sub": "signed-user", "iss": "https://site.example", "exp": int(time.time()) + 600}
    token = jwt(secret, claims)

    def bearer(text, **more):
        return {"authorization": f"Bearer {text}", **more}

    with t.case("a JWT key is for admins, and its secret is never shown"):
        body = {"algorithm": "HS256", "secret": secret, "issuer": "https://site.example", "name": "Site"}
        member = s.cli("keys", "create", "--user", "member", "--role", "member")["apiKey"]
        until(lambda: s.api("GET", "/api/servers", key=member).status == 200, 2, "the key")
        s.api("POST", "/api/jwt-keys", body, key=member).error(403, "FORBIDDEN")
        made = s.api("POST", "/api/jwt-keys", body)
        equal(made.status, 201, f"{made!r}")
        key = made.json()["jwtKeyId"]
        for answer in [made, s.api("GET", "/api/jwt-keys"), s.api("GET", f"/api/jwt-keys/{key}")]:
            assert secret not in answer.text, f"{answer!r}"
        refused = s.api("POST", "/api/jwt-keys", {"algorithm": "none", "secret": "short", "audiance": "x"})
        equal([fault["field"] for fault in refused.error(400, "INVALID_REQUEST")["details"]["faults"]], ["audiance", "algorithm", "secret"])
    with t.case("its JWT acts as the user it names: as bearer and as x-alloy-user-token, on /api, by id and beside a token URL"):
        for headers in [bearer(token), {"x-alloy-user-token": token}, {**s.headers(), "x-alloy-user-token": token}]:
            equal(http_call("GET", url, headers).json()["servers"], [], "the user's own servers")
        contains(json.dumps(s.cli("users", "list")), "signed-user")
        for where in [path, server["accessUrl"]]:
            for headers in [bearer(token), {"x-alloy-user-token": token}, bearer(token, **{"x-alloy-userid": "signed-user"})]:
                equal(Mcp(where, headers).legacy("ping").status, 200)
    with t.case("identities that disagree are 403; forged, expired, unsigned and foreign JWTs are 401"):
        other = jwt(secret, {**claims, "sub": "other-user"})
        for headers in [bearer(token, **{"x-alloy-userid": "other-user"}), bearer(token, **{"x-alloy-user-token": other})]:
            http_call("GET", url, headers).error(403, "FORBIDDEN")
            Mcp(path, headers).legacy("ping").error(403, "FORBIDDEN")
        for bad in [
            jwt("another secret of more than 32 bytes!", claims),
            jwt(secret, {**claims, "exp": int(time.time()) - 120}),
            jwt(secret, {**claims, "nbf": int(time.time()) + 300}),
            jwt(secret, {**claims, "aud": "somebody else"}),
            jwt(secret, {**claims, "iss": "https://site.example/"}),
            jwt(secret, {**claims, "sub": ""}),
            jwt(secret, claims, {"alg": "none"}),
            jwt(secret, claims, {"alg": "HS512"}),
            jwt(secret, claims, {"alg": "HS256", "crit": ["exp"]}),
            token.rsplit(".", 1)[0] + ".",
        ]:
            Mcp(path, bearer(bad)).legacy("ping").error(401, "UNAUTHORIZED")
            Mcp(server["accessUrl"], {"x-alloy-user-token": bad}).legacy("ping").error(401, "UNAUTHORIZED")
    with t.case("a key that is deleted from the command line ends its JWTs within a second or so, though they were warm"):
        equal(Mcp(path, bearer(token)).legacy("ping").status, 200)
        equal(s.cli("jwt-keys", "delete", key)["deleted"], True)
        until(lambda: Mcp(path, bearer(token)).legacy("ping").status == 401, 3, "the deletion")
        equal(s.cli("jwt-keys", "list")["count"], 0)


def places(t, s, server):
    """Who may reach which server where."""
    id = server["serverId"]
    other = s.cli("accounts", "create", "identity-other", "--user", "stranger")["key"]["apiKey"]
    until(lambda: s.api("GET", "/api/servers", key=other).status == 200, 2, "the other account's key")
    with t.case("another account's server is 404, and the same account's of another owner 403"):
        for method, path, body in [("GET", "", None), ("PUT", "", {"description": "x"}), ("DELETE", "", None), ("POST", "/token", None)]:
            error = s.api(method, f"/api/servers/{id}{path}", body, key=other).error(404, "NOT_FOUND")
            equal(error["message"], "Server not found")
            s.api(method, f"/api/servers/{id}{path}", body, user="someone-else").error(403, "FORBIDDEN")
        equal(s.api("GET", f"/api/servers/{id}").status, 200)
    with t.case("on /mcp/{serverId} every user of the account may act"):
        equal(Mcp(server["url"], s.headers(user="someone-else")).legacy("tools/list").status, 200)
    with t.case("on /mcp/{serverId} an unknown server and a foreign one are 404 alike"):
        foreign = Mcp(server["url"], s.headers(other)).legacy("ping")
        unknown = Mcp(s.url + "/mcp/no-such-server-a1b2c3d4", s.headers(other)).legacy("ping")
        foreign.error(404, "NOT_FOUND")
        equal(foreign.json(), unknown.json())
    with t.case("the server may be named by a header, which has to agree with the path"):
        headers = s.headers(user=s.user)
        equal(Mcp(s.url + "/mcp", {**headers, "x-mcp-server-id": id}).legacy("ping").status, 200)
        Mcp(s.url + "/mcp", headers).legacy("ping").error(400, "INVALID_REQUEST")
        equal(Mcp(server["url"], {**headers, "x-mcp-server-id": id}).legacy("ping").status, 200)
        Mcp(server["url"], {**headers, "x-mcp-server-id": s.server["serverId"]}).legacy("ping").error(400, "INVALID_REQUEST")
        Mcp(server["accessUrl"], {"x-mcp-server-id": s.server["serverId"]}).legacy("ping").error(400, "INVALID_REQUEST")


def token_url(t, s, server):
    with t.case("on a token URL unknown, wrong and foreign are 401 alike, and invite no sign-in"):
        token = server["accessToken"]
        answers = [Mcp(url).legacy("ping") for url in [
            f"{server['url']}/{token[:-1]}", f"{server['url']}/{token}x", f"{s.url}/mcp/no-such-a1b2c3d4/{token}",
            f"{s.url}/mcp/{s.server['serverId']}/{token}", f"{server['url']}/{token.swapcase()}", f"{server['url']}/%00%ff",
        ]]
        for answer in answers:
            equal(answer.error(401, "UNAUTHORIZED")["message"], "Invalid or missing authentication")
            challenge = answer.headers["www-authenticate"]
            contains(challenge, 'Bearer error="invalid_token"')
            assert "resource_metadata" not in challenge, challenge
        equal(len({answer.body for answer in answers}), 1, "different bodies")
    with t.case("a client that sends its revision is refused in the same way"):
        for answer in [Mcp(server["url"] + "/x").modern("ping"), Mcp(server["url"] + "/x").legacy("ping", revision="2025-11-25")]:
            equal(answer.status, 401)
            contains(answer.text, "Invalid or missing authentication")
    with t.case("no metadata of protected resources is published for token URLs"):
        for path in [f"/mcp/{server['serverId']}/{server['accessToken']}", f"/mcp/{server['serverId']}/wrong", ""]:
            for known in ["oauth-protected-resource", "oauth-authorization-server", "openid-configuration"]:
                equal(http_call("GET", f"{s.url}/.well-known/{known}{path}").status, 404)
        for path in ["/register", "/authorize", "/token"]:
            equal(http_call("POST", s.url + path, {}, {}).status, 404)
    with t.case("a bearer on a token URL is optional, and has to hold where it is sent"):
        equal(Mcp(server["accessUrl"], s.headers()).legacy("ping").status, 200)
        equal(Mcp(server["accessUrl"], {"authorization": "Bearer " + "w" * 40}).legacy("ping").status, 401)
        other = s.cli("accounts", "create", "token-url-other")["key"]["apiKey"]
        equal(Mcp(server["accessUrl"], s.headers(other)).legacy("ping").status, 401)
    with t.case("on a private server an unsigned user is the owner or nobody, and is told what to use"):
        equal(Mcp(server["accessUrl"], {"x-alloy-userid": s.user}).legacy("ping").status, 200)
        error = Mcp(server["accessUrl"], {"x-alloy-userid": "someone-else"}).legacy("ping").error(403, "FORBIDDEN")
        for word in ["API key", "JWT", "isPublic"]:
            contains(error["message"] + json.dumps(error.get("details", {})), word)
        equal(Mcp(server["accessUrl"], s.headers(user="someone-else")).legacy("ping").status, 200, "with a key it may be named")


def public_server(t, s):
    server = s.create_server("Public", isPublic=True)
    kind = {"connectorId": "slack", "authenticationType": "bot_token", "fields": {"token": "xoxb-public"}}

    def visitor(name, url=server["accessUrl"]):
        return Mcp(url, {"x-alloy-userid": name})

    with t.case("on a public server an unsigned user acts with what was made there, and is stored by making one"):
        equal(visitor("visitor-1").ask("get_credentials", {})["credentials"], [])
        assert "visitor-1" not in json.dumps(s.cli("users", "list")), "reading stores nobody"
        made = visitor("visitor-1").ask("create_credential", kind)["credentialId"]
        contains(json.dumps(s.cli("users", "list")), "visitor-1")
        equal([one["credentialId"] for one in visitor("visitor-1").ask("get_credentials", {})["credentials"]], [made])
        equal(visitor("visitor-2").ask("get_credentials", {})["credentials"], [])
    with t.case("it never acts with what was made elsewhere"):
        s.create_credential(user="visitor-3")
        equal(visitor("visitor-3").ask("get_credentials", {})["credentials"], [])
        other = s.create_server("Public too", isPublic=True)
        visitor("visitor-4", other["accessUrl"]).ask("create_credential", kind)
        equal(visitor("visitor-4").ask("get_credentials", {})["credentials"], [])
    with t.case("it is never a user who holds a key"):
        s.cli("keys", "create", "--user", "key-holder")
        visitor("key-holder").legacy("ping").error(403, "FORBIDDEN")
    with t.case("without a user the owner acts"):
        equal(Mcp(server["accessUrl"]).legacy("ping").status, 200)


def servers(t, s):
    """Part 3."""
    full = ["serverId", "name", "description", "mode", "isPublic", "url", "accessUrl", "restrictions", "hasRestrictions",
            "customInstructions", "waysIn", "tokenExpiresAt", "createdAt", "updatedAt"]
    with t.case("a create with the name alone fills in the rest"):
        made = s.create_server("Just a Name", user="owner")
        equal(sorted(made), sorted([*full, "accessToken"]))
        equal((made["description"], made["mode"], made["isPublic"], made["restrictions"], made["hasRestrictions"], made["tokenExpiresAt"]),
              ("", "connectivity", False, {}, False, None))
        assert re.fullmatch(r"just-a-name-[a-z0-9]{8}", made["serverId"]), made["serverId"]
        equal(made["createdAt"], made["updatedAt"])
        is_time(made["createdAt"])
        assert len(made["accessToken"]) >= 32 and re.fullmatch(r"[A-Za-z0-9_-]+", made["accessToken"]), "192 bits at least"
        equal(made["accessUrl"], f"{made['url']}/{made['accessToken']}")
    with t.case("the slug is of ASCII letters and digits, and `server` where the name has none"):
        for name, start in [("名前", "server"), ("---", "server"), ("Ünïcode  x!!y", None), ("UPPER_case.9", None), ("a" * 100, None)]:
            id = s.create_server(name, user="slugs")["serverId"]
            assert SLUG.match(id), id
            assert start is None or re.fullmatch(start + r"-[a-z0-9]{8}", id), id
    with t.case("unknown fields at the top are ignored, and null means absent"):
        made = s.create_server("Null", user="owner", color="red", description=None, tokenExpiresInDays=None, restrictions=None, isPublic=None, mode=None, customInstructions=None)
        equal((made["description"], made["tokenExpiresAt"], made["restrictions"], made["isPublic"], made["mode"]), ("", None, {}, False, "connectivity"))
    with t.case("a name stands once for each user"):
        s.create_server("Twice", user="owner")
        error = s.api("POST", "/api/servers", {"name": "Twice"}, user="owner").error(400, "INVALID_REQUEST")
        equal(error["details"]["field"], "name")
        s.create_server("Twice", user="another-owner")
        s.create_server("twice", user="owner")
        other = s.create_server("Free", user="owner")
        error = s.api("PUT", f"/api/servers/{other['serverId']}", {"name": "Twice"}, user="owner").error(400, "INVALID_REQUEST")
        equal(error["details"]["field"], "name")
        equal(s.api("PUT", f"/api/servers/{other['serverId']}", {"name": "Free"}, user="owner").status, 200)
    with t.case("a term is counted in days of 86,400 s, kept by a rotation and cleared by null"):
        made = s.create_server("Term", user="owner", tokenExpiresInDays=30)
        path = f"/api/servers/{made['serverId']}"
        equal((moment(made["tokenExpiresAt"]) - moment(made["createdAt"])).total_seconds(), 30 * 86400)
        put = s.api("PUT", path, {"tokenExpiresInDays": 365}, user="owner").json()
        equal((moment(put["tokenExpiresAt"]) - moment(put["updatedAt"])).total_seconds(), 365 * 86400)
        kept = s.api("PUT", path, {"description": "x"}, user="owner").json()
        equal(kept["tokenExpiresAt"], put["tokenExpiresAt"])
        rotated = s.api("POST", path + "/token", user="owner").json()
        equal((moment(rotated["tokenExpiresAt"]) - moment(rotated["updatedAt"])).total_seconds(), 365 * 86400)
        equal(s.api("PUT", path, {"tokenExpiresInDays": None}, user="owner").json()["tokenExpiresAt"], None)
    with t.case("a rotation gives a new token and ends the old one at once"):
        made = s.create_server("Rotated", user="owner")
        equal(Mcp(made["accessUrl"]).legacy("ping").status, 200)
        rotated = s.api("POST", f"/api/servers/{made['serverId']}/token", user="owner")
        equal(rotated.status, 200)
        new = rotated.json()
        assert new["accessToken"] != made["accessToken"] and new["serverId"] == made["serverId"]
        equal(Mcp(made["accessUrl"]).legacy("ping").status, 401)
        equal(Mcp(new["accessUrl"]).legacy("ping").status, 200)
        equal(s.api("GET", f"/api/servers/{made['serverId']}", user="owner").json()["accessUrl"], new["accessUrl"])
    updates(t, s, full)
    listing(t, s, full)
    with t.case("a delete ends the token, and leaves the owner's credentials"):
        made = s.create_server("Gone", user="owner")
        credential = s.create_credential(user="owner")
        equal(Mcp(made["accessUrl"]).legacy("ping").status, 200)
        gone = s.api("DELETE", f"/api/servers/{made['serverId']}", user="owner")
        equal((gone.status, gone.json()), (200, {"message": "Server deleted", "serverId": made["serverId"]}))
        Mcp(made["accessUrl"]).legacy("ping").error(401, "UNAUTHORIZED")
        equal(s.api("DELETE", f"/api/servers/{made['serverId']}", user="owner").error(404, "NOT_FOUND")["message"], "Server not found")
        contains([one["credentialId"] for one in s.api("GET", "/api/credentials", user="owner").json()["credentials"]], credential)
        s.create_server("Gone", user="owner")


def updates(t, s, full):
    with t.case("PUT takes any subset, and answers the full server without the token"):
        made = s.create_server("Before", user="owner", description="d", customInstructions="c", restrictions={"connectors": {"mode": "allowlist", "allowedIds": ["slack"]}})
        path = f"/api/servers/{made['serverId']}"
        put = s.api("PUT", path, {"name": "After"}, user="owner")
        equal(put.status, 200)
        body = put.json()
        equal(sorted(body), sorted(full))
        equal((body["name"], body["serverId"], body["description"], body["customInstructions"], body["restrictions"], body["createdAt"]),
              ("After", made["serverId"], "d", "c", made["restrictions"], made["createdAt"]))
        assert moment(body["updatedAt"]) >= moment(made["updatedAt"])
        equal(body["accessUrl"], made["accessUrl"])
        equal(s.api("PUT", path, {"restrictions": {"users": {"mode": "blocklist", "blockedIds": ["u"]}}}, user="owner").json()["restrictions"],
              {"users": {"mode": "blocklist", "blockedIds": ["u"]}}, "replaced whole")
        equal(s.api("PUT", path, {"restrictions": {}}, user="owner").json()["hasRestrictions"], False)
        equal(s.api("PUT", path, {}, user="owner").status, 200)
        equal(s.api("PUT", path, {"isPublic": True, "description": "", "customInstructions": "new"}, user="owner").json()["isPublic"], True)
        equal(Mcp(made["accessUrl"]).modern("server/discover").result().get("instructions"), "new", "holds at once")


def listing(t, s, full):
    with t.case("a list is the acting user's, newest first, and pages"):
        made = [s.create_server(f"Listed {number}", user="lister")["serverId"] for number in range(7)]
        whole = s.api("GET", "/api/servers", user="lister").json()
        equal([one["serverId"] for one in whole["servers"]], made[::-1])
        equal({name: whole[name] for name in ["count", "total", "limit", "offset", "hasMore"]}, {"count": 7, "total": 7, "limit": 1000, "offset": 0, "hasMore": False})
        page = s.api("GET", "/api/servers?limit=3&offset=2", user="lister").json()
        equal([one["serverId"] for one in page["servers"]], made[::-1][2:5])
        equal((page["count"], page["total"], page["limit"], page["offset"], page["hasMore"]), (7, 7, 3, 2, True))
        last = s.api("GET", "/api/servers?limit=3&offset=4", user="lister").json()
        equal((len(last["servers"]), last["hasMore"]), (3, False))
        equal(s.api("GET", "/api/servers?offset=100", user="lister").json()["servers"], [])
        for name in full:
            contains(whole["servers"][0], name)
        assert "accessToken" not in whole["servers"][0]
    with t.case("limits outside of 1 to 1000 and offsets below 0 are refused by name"):
        for query, field in [("limit=0", "limit"), ("limit=1001", "limit"), ("limit=-1", "limit"), ("limit=abc", "limit"), ("limit=1.5", "limit"),
                             ("limit=", "limit"), ("offset=-1", "offset"), ("offset=x", "offset"), ("limit=99999999999999999999", "limit")]:
            for path in ["/api/servers", "/api/credentials"]:
                error = s.api("GET", f"{path}?{query}").error(400, "INVALID_REQUEST")
                equal(error["details"]["field"], field, query)
        error = s.api("GET", "/api/servers?limit=0&offset=-1").error(400, "INVALID_REQUEST")
        equal(sorted(fault["field"] for fault in error["details"]["faults"]), ["limit", "offset"])


def credentials(t, s):
    """The project's own additions: credentials over REST."""
    with t.case("a credential is made, listed, read and deleted, and never shown"):
        made = s.api("POST", "/api/credentials", {"connectorId": "slack", "authenticationType": "bot_token", "name": "Work", "fields": {"token": "xoxb-shown-never"}}, user="holder")
        equal(made.status, 201)
        id = made.json()["credentialId"]
        assert re.fullmatch(r"[0-9a-f]{24}", id), id
        s.create_credential("github", "personal_token", {"token": "ghp_shown-never"}, user="holder")
        listed = s.api("GET", "/api/credentials", user="holder").json()
        equal((len(listed["credentials"]), listed["total"]), (2, 2))
        only = s.api("GET", "/api/credentials?connectorId=slack", user="holder").json()["credentials"]
        equal([one["credentialId"] for one in only], [id])
        read = s.api("GET", f"/api/credentials/{id}", user="holder").json()
        equal((read["credentialId"], read["name"], read["connectorId"]), (id, "Work", "slack"))
        assert read["type"].startswith("slack-"), read
        is_time(read["createdAt"])
        assert "shown-never" not in json.dumps([made.json(), listed, read])
        equal(s.api("DELETE", f"/api/credentials/{id}", user="holder").status, 200)
        for method in ["GET", "DELETE"]:
            error = s.api(method, f"/api/credentials/{id}", user="holder").error(400, "CREDENTIAL_NOT_FOUND")
            equal(error["message"], "Credential not found")
    with t.case("another user's and another account's credential cannot be reached"):
        id = s.create_credential(user="holder")
        other = s.cli("accounts", "create", "credential-other")["key"]["apiKey"]
        for method in ["GET", "DELETE"]:
            for how in [{"user": "not-the-holder"}, {"key": other}]:
                s.api(method, f"/api/credentials/{id}", **how).error(400, "CREDENTIAL_NOT_FOUND")
        equal(s.api("GET", f"/api/credentials/{id}", user="holder").status, 200)


def errors(t, s):
    """Part 4, where it is not shown elsewhere: refusals in front of a message, by era."""
    headers, unknown = s.headers(), s.url + "/mcp/no-such-server-a1b2c3d4"
    with t.case("to a client that sends its revision a refusal is a JSON-RPC error without an id"):
        for revision in ["2025-06-18", MODERN]:
            answer = Mcp(unknown, {**headers, "mcp-protocol-version": revision}).post({"jsonrpc": "2.0", "id": 1, "method": "ping"})
            error = answer.rpc_error(404, 404)
            equal(error["data"]["code"], "NOT_FOUND")
            assert "id" not in answer.json(), answer.json()
        equal(Mcp(unknown, headers).legacy("ping").error(404, "NOT_FOUND")["message"], "Server not found")
    with t.case("Accept is matched as RFC 9110 says"):
        client = s.mcp()
        ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
        for accept in [None, "*/*", "text/*", "text/event-stream", "application/json, text/event-stream", "text/event-stream;q=0.5", "APPLICATION/JSON,TEXT/EVENT-STREAM", "text/html, */*;q=0.1"]:
            answer = client.post(ping, {"accept": accept})
            equal((answer.status, answer.headers["content-type"].split(";")[0]), (200, "text/event-stream"), f"Accept: {accept}")
        for accept in ["text/html", "application/json", "text/event-stream;q=0", "*/*, text/event-stream;q=0", "application/json, text/event-stream;q=0"]:
            client.post(ping, {"accept": accept}).error(406, "NOT_ACCEPTABLE")
        for accept, kind in [("application/json", "application/json"), ("application/json, text/event-stream", None), ("text/event-stream", "text/event-stream")]:
            answer = client.modern("tools/list", headers={"accept": accept})
            equal(answer.status, 200)
            assert kind is None or answer.headers["content-type"].startswith(kind), answer.header_list
        client.modern("tools/list", headers={"accept": "text/html"}).rpc_error(406, 406)
    with t.case("a body is JSON by its media type, or 415"):
        for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", "multipart/form-data; boundary=x"]:
            s.mcp().post(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', {"content-type": kind}).error(415, "UNSUPPORTED_MEDIA_TYPE")
            s.api("POST", "/api/servers", b'{"name":"x"}', headers={"content-type": kind}).error(415, "UNSUPPORTED_MEDIA_TYPE")
        equal(s.mcp().post(b'{"jsonrpc":"2.0","id":1,"method":"ping"}', {"content-type": "Application/JSON; charset=UTF-8"}).status, 200)
