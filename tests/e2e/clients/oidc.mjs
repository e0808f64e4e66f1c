// A certified OpenID provider on loopback, told by one JSON argument:
// { port, clients: [{ id, secret, redirects }], access, rotate, rejectRefresh }. Its own pages ask for a name and consent.
import Provider from "oidc-provider";

const told = JSON.parse(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${told.port}`, {
  clients: told.clients.map(({ id, secret, redirects, method }) => ({
    client_id: id,
    client_secret: secret,
    redirect_uris: redirects,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: method ?? "client_secret_basic",
  })),
  pkce: { required: () => true },
  scopes: ["openid", "offline_access", "email"],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  findAccount: async (_context, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, email: `${id}@example.com`, email_verified: told.verified ?? true }),
  }),
  issueRefreshToken: async () => true,
  rotateRefreshToken: told.rotate ?? true,
  ttl: { AccessToken: told.access ?? 3600, IdToken: 600, RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 600 },
  features: { devInteractions: { enabled: true }, revocation: { enabled: true }, userinfo: { enabled: true } },
});
// What was asked at the token endpoint, and how it ended: the suite reads these lines.
provider.use(async (context, next) => {
  await next();
  if (context.path.startsWith("/token")) {
    const { access_token: access, refresh_token: refresh, id_token: identity } = context.body ?? {};
    const gave = [access, refresh, identity, context.oidc?.params?.code].filter((text) => typeof text === "string");
    console.log(JSON.stringify({ path: context.path, grant: context.oidc?.params?.grant_type ?? "", status: context.status, gave }));
  }
});
provider.listen(told.port, "127.0.0.1", () => console.log(JSON.stringify({ ready: true })));
