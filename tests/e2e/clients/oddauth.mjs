// An OAuth server whose token answers are bent on purpose, as its client asks by its id: { port }.
import { OAuth2Server } from "oauth2-mock-server";

const { port } = JSON.parse(process.argv[2]);
const server = new OAuth2Server();
await server.issuer.keys.generate("RS256");
const bent = {
  nested: (answer) => ({
    ok: true, access_token: "odd-bot-token", scope: "a", team: { id: "T-odd" },
    authed_user: { id: "U1", access_token: answer.access_token, scope: "b" },
    expires_in: "3600", refresh_token: answer.refresh_token,
  }),
  refused: () => ({ ok: false, error: "invalid_team_for_non_distributed_app" }),
  empty: () => ({}),
};
server.service.on("beforeResponse", (response, request) => {
  const client = request.body.client_id ?? "";
  const gave = [response.body.access_token, response.body.refresh_token].filter(Boolean);
  console.log(JSON.stringify({ gave, client, grant: request.body.grant_type, verifier: Boolean(request.body.code_verifier) }));
  if (bent[client]) response.body = bent[client](response.body);
  if (client === "broken") {
    response.statusCode = 500;
    response.body = "<html>oops</html>";
  }
});
await server.start(port, "127.0.0.1");
console.log(JSON.stringify({ ready: true }));
