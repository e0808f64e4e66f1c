//! The ways by which callers come in to a server.

use crate::Fault;
use serde_json::Value;

/// Which ways in a server takes. At least one is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaysIn {
    /// The token URL: `/mcp/{serverId}/{accessToken}`.
    pub token_url: bool,
    /// API keys and JWTs at `/mcp/{serverId}`.
    pub api_key: bool,
    /// OAuth at `/mcp/{serverId}`.
    pub oauth: bool,
}

impl WaysIn {
    /// Every way, which is what a server takes that was told nothing else.
    pub const ALL: Self = Self {
        token_url: true,
        api_key: true,
        oauth: true,
    };

    const NONE: Self = Self {
        token_url: false,
        api_key: false,
        oauth: false,
    };

    /// Reads a list such as `["tokenUrl", "oauth"]`: at least one way, each known. A way that is named twice is named.
    pub fn read(value: &Value) -> Result<Self, Vec<Fault>> {
        let Some(listed) = value.as_array() else {
            return Err(vec![Fault::new("", "must be a list of ways in")]);
        };
        if listed.is_empty() {
            let message = "must name at least one way in: `tokenUrl`, `apiKey` or `oauth`";
            return Err(vec![Fault::new("", message)]);
        }
        let mut ways = Self::NONE;
        let mut faults = Vec::new();
        for (place, way) in listed.iter().enumerate() {
            if !way.as_str().is_some_and(|word| ways.add(word)) {
                let message = "must be `tokenUrl`, `apiKey` or `oauth`";
                faults.push(Fault::new(format!("[{place}]"), message));
            }
        }
        if faults.is_empty() { Ok(ways) } else { Err(faults) }
    }

    /// The words of the ways that are on, in a fixed order.
    pub fn words(self) -> Vec<&'static str> {
        let all = [
            ("tokenUrl", self.token_url),
            ("apiKey", self.api_key),
            ("oauth", self.oauth),
        ];
        let on = all.into_iter().filter(|(_, is_on)| *is_on);
        on.map(|(word, _)| word).collect()
    }

    /// The same as one text, as it is kept.
    pub fn to_text(self) -> String {
        self.words().join(" ")
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    pub fn from_text(text: &str) -> Option<Self> {
        let mut ways = Self::NONE;
        text.split(' ').all(|word| ways.add(word)).then_some(ways)
    }

    fn add(&mut self, word: &str) -> bool {
        match word {
            "tokenUrl" => self.token_url = true,
            "apiKey" => self.api_key = true,
            "oauth" => self.oauth = true,
            _ => return false,
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::WaysIn;
    use serde_json::json;

    #[test]
    fn a_list_of_ways_is_read_and_kept_as_it_is() {
        let ways = WaysIn::read(&json!(["oauth", "tokenUrl", "oauth"])).unwrap();
        assert_eq!(ways.words(), ["tokenUrl", "oauth"]);
        assert_eq!(WaysIn::from_text(&ways.to_text()), Some(ways));
        assert_eq!(WaysIn::from_text(&WaysIn::ALL.to_text()), Some(WaysIn::ALL));
    }

    #[test]
    fn no_way_and_unknown_ways_are_refused() {
        assert!(WaysIn::from_text("").is_none());
        for (bad, fields) in [
            (json!([]), vec![""]),
            (json!("oauth"), vec![""]),
            (json!({}), vec![""]),
            (json!(["oauth", "OAuth", 7]), vec!["[1]", "[2]"]),
        ] {
            let faults = WaysIn::read(&bad).unwrap_err();
            let named: Vec<_> = faults.iter().map(|fault| fault.field.as_str()).collect();
            assert_eq!(named, fields, "{bad}");
        }
    }
}
