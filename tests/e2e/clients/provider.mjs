// What an MCP client keeps while it signs its user in, in memory.
export class Provider {
  asked = false;
  redirectUrl = 'http://127.0.0.1:61999/callback';
  clientMetadata = {
    client_name: 'Solder e2e', redirect_uris: [this.redirectUrl], token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
  };
  state() { return 'a-state'; }
  clientInformation() { return this.information; }
  saveClientInformation(information) { this.information = information; }
  tokens() { return this.saved; }
  saveTokens(tokens) { this.saved = tokens; }
  saveCodeVerifier(verifier) { this.verifier = verifier; }
  codeVerifier() { return this.verifier; }
  saveDiscoveryState(state) { this.discovered = state; }
  discoveryState() { return this.discovered; }
  redirectToAuthorization(url) {
    this.asked = true;
    console.log(`OPEN ${url}`);
  }
}
