//! Browsers that people open pages with. A browser is known again by a random cookie; what belongs to it is bound to
//! the cookie's digest, so that nothing of the database or of a page is worth anything in another browser.

use crate::Engine;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use solder_model::{Digest, Secret};

/// A cookie is 256 random bits in base64 of the URL alphabet: 43 characters.
const COOKIE_CHARS: usize = 43;

impl Engine {
    /// The value of a cookie for a browser that has none yet.
    pub fn new_browser(&self) -> Secret {
        crate::new_secret(&*self.entropy, "")
    }

    /// The browser that a cookie stands for; nothing for a text that no cookie of ours can be.
    pub fn browser(&self, cookie: &str) -> Option<Digest> {
        let is_ours = cookie.len() == COOKIE_CHARS && URL_SAFE_NO_PAD.decode(cookie).is_ok();
        is_ours.then(|| self.vault.digest(&format!("browser\0{cookie}")))
    }

    /// A token for the forms of one purpose in one browser. A form that was made elsewhere, or for something else,
    /// has another.
    pub fn form_token(&self, browser: &Digest, purpose: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.form_digest(browser, purpose).0)
    }

    /// Whether a form's token is the one of this browser and purpose, in a time that tells nothing.
    pub fn is_form_token(&self, browser: &Digest, purpose: &str, token: &str) -> bool {
        let sent = URL_SAFE_NO_PAD.decode(token).ok();
        let sent = sent.and_then(|bytes| bytes.try_into().ok()).map(Digest);
        sent.is_some_and(|sent| sent == self.form_digest(browser, purpose))
    }

    fn form_digest(&self, browser: &Digest, purpose: &str) -> Digest {
        let browser = URL_SAFE_NO_PAD.encode(browser.0);
        self.vault.digest(&format!("form\0{browser}\0{purpose}"))
    }
}
