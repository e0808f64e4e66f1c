//! Names to addresses, of which only the allowed ones are handed on: what is checked is what is connected to.

use super::address::{AddressRefused, Scope};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::SocketAddr;

/// Asks the system, and keeps back what its scope does not allow.
pub(super) struct FilteringResolver {
    scope: Scope,
}

impl FilteringResolver {
    pub(super) fn new(scope: Scope) -> Self {
        Self { scope }
    }
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let scope = self.scope.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = keep_allowed(&scope, found)?;
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// A name with several addresses is reached by those that are allowed; where none is, it is refused.
fn keep_allowed(
    scope: &Scope,
    found: impl Iterator<Item = SocketAddr>,
) -> Result<Vec<SocketAddr>, AddressRefused> {
    let allowed: Vec<SocketAddr> = found.filter(|address| scope.allows(address.ip())).collect();
    if allowed.is_empty() {
        Err(AddressRefused)
    } else {
        Ok(allowed)
    }
}

#[cfg(test)]
mod tests {
    use super::keep_allowed;
    use crate::outbound::address::{AddressRefused, Scope};
    use std::net::SocketAddr;

    #[test]
    fn a_name_that_leads_both_ways_is_reached_by_the_public_one_only() {
        let public = Scope::PublicAnd([].into());
        let mixed: [SocketAddr; 3] = [
            "127.0.0.1:0".parse().unwrap(),
            "1.1.1.1:0".parse().unwrap(),
            "[::1]:0".parse().unwrap(),
        ];
        assert_eq!(keep_allowed(&public, mixed.into_iter()), Ok(vec![mixed[1]]));
        assert_eq!(
            keep_allowed(&public, mixed.into_iter().take(1)),
            Err(AddressRefused)
        );
    }
}
