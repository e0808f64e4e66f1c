//! Platforms where a person consents in a browser.

use super::player::Player;
use serde_json::json;
use solder_connector::{Asked, TokenFailure};

#[test]
fn github_answers_a_form_unless_json_is_asked_for_and_errors_at_200() {
    let mut github = Player::new("github", include_str!("github.toml"));
    assert_eq!(
        github.authorize_url(),
        "https://github.com/login/oauth/authorize?response_type=code&client_id=id\
         &redirect_uri=https%3A%2F%2Fsolder.example%2Fconnect%2Fcallback%2Fx&state=st4te&scope=read%3Auser%20repo\
         &code_challenge=ch4llenge&code_challenge_method=S256"
    );
    assert_eq!(
        github.exchange(),
        "POST https://github.com/login/oauth/access_token\ncontent-type: application/x-www-form-urlencoded\n\
         grant_type=authorization_code&code=c0de&redirect_uri=https%3A%2F%2Fsolder.example%2Fconnect%2Fcallback%2Fx\
         &code_verifier=ver1fier&client_id=id&client_secret=app-secret"
    );
    // An OAuth app's token: a form, without an end.
    let tokens = github
        .read(Asked::Code, 200, "access_token=gho_16C7e42F292c6912E7710c838347Ae178B4a&scope=repo%2Cread%3Auser&token_type=bearer")
        .unwrap();
    assert_eq!(
        tokens.fields["access_token"].expose(),
        "gho_16C7e42F292c6912E7710c838347Ae178B4a"
    );
    assert_eq!(
        (tokens.expires_at, tokens.scopes),
        (None, Some(vec!["repo".to_owned(), "read:user".to_owned()]))
    );
    // A GitHub App's: eight hours, and a refresh token for half a year.
    let told = json!({
        "access_token": "ghu_1", "expires_in": 28800, "refresh_token": "ghr_1", "refresh_token_expires_in": 15_811_200,
        "scope": "", "token_type": "bearer",
    });
    assert_eq!(github.take(Asked::Code, told.to_string()), Some(28_800));
    assert_eq!(
        github.called("issues/list", json!({})),
        "GET https://api.github.com/issues\nauthorization: Bearer ghu_1\nuser-agent: Solder"
    );
    assert_eq!(
        github.refresh(),
        "POST https://github.com/login/oauth/access_token\ncontent-type: application/x-www-form-urlencoded\n\
         grant_type=refresh_token&refresh_token=ghr_1&client_id=id&client_secret=app-secret"
    );
    let gone = github
        .read(
            Asked::Refresh(None),
            200,
            r#"{"error":"bad_refresh_token","error_description":"The refresh token passed is incorrect or expired.","error_uri":"https://docs.github.com"}"#,
        )
        .unwrap_err();
    assert_eq!(
        gone,
        TokenFailure::Gone {
            code: Some("bad_refresh_token".to_owned()),
            text: "GitHub has ended the connection (The refresh token passed is incorrect or expired, bad_refresh_token): connect again".to_owned(),
        }
    );
    let app = github
        .read(Asked::Code, 200, "error=incorrect_client_credentials&error_description=The+client_id+and%2For+client_secret+passed+are+incorrect.")
        .unwrap_err();
    assert!(matches!(app, TokenFailure::Misconfigured { .. }), "{app}");
    let request = github
        .connector
        .revoke(github.auth(), &github.input())
        .unwrap()
        .unwrap();
    assert_eq!(
        crate::support::written(&request),
        "DELETE https://api.github.com/applications/id/token\nauthorization: Basic aWQ6YXBwLXNlY3JldA==\n\
         content-type: application/json\n{\"access_token\":\"ghu_1\"}"
    );
}
