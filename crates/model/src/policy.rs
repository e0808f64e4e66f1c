//! Restrictions, compiled: the one thing that filters listings, search and calls, so that they cannot differ.

use crate::Pattern;
use crate::restrictions::{Layer, Permission, Restrictions};
use std::collections::{HashMap, HashSet};

/// What a server allows. Made from [`Restrictions`]; the default allows everything.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    connectors: Option<Names>,
    actions: Option<Patterns>,
    users: Option<Names>,
    permissions: Option<HashMap<String, Granted>>,
}

#[derive(Debug, Clone)]
struct Names {
    allows: bool,
    names: HashSet<String>,
}

#[derive(Debug, Clone)]
struct Patterns {
    allows: bool,
    patterns: Vec<Pattern>,
}

#[derive(Debug, Clone, Default)]
struct Granted {
    all: bool,
    patterns: Vec<Pattern>,
}

impl Names {
    fn new(layer: &Layer) -> Self {
        Self {
            allows: layer.allows,
            names: layer.entries.iter().cloned().collect(),
        }
    }

    fn pass(&self, name: &str) -> bool {
        self.names.contains(name) == self.allows
    }

    fn can_refuse(&self) -> bool {
        self.allows || !self.names.is_empty()
    }
}

impl Policy {
    /// Allows everything.
    pub const OPEN: Self = Self {
        connectors: None,
        actions: None,
        users: None,
        permissions: None,
    };

    pub(crate) fn new(restrictions: &Restrictions) -> Self {
        let actions = restrictions.actions.as_ref().map(|layer| Patterns {
            allows: layer.allows,
            patterns: layer.entries.iter().map(|entry| Pattern::new(entry)).collect(),
        });
        Self {
            connectors: restrictions.connectors.as_ref().map(Names::new),
            actions,
            users: restrictions.users.as_ref().map(Names::new),
            permissions: restrictions.permissions.as_deref().map(granted),
        }
    }

    /// Whether the connector is in reach.
    pub fn allows_connector(&self, connector: &str) -> bool {
        self.connectors.as_ref().is_none_or(|names| names.pass(connector))
            && self
                .permissions
                .as_ref()
                .is_none_or(|granted| granted.contains_key(connector))
    }

    /// Whether the action of the connector is in reach; false wherever the connector is not.
    pub fn allows_action(&self, connector: &str, action: &str) -> bool {
        if !self.allows_connector(connector) {
            return false;
        }
        if self.actions.is_none() && self.permissions.is_none() {
            return true;
        }
        let qualified = format!("{connector}.{action}");
        let listed = |patterns: &[Pattern]| {
            patterns
                .iter()
                .any(|pattern| pattern.matches(action) || pattern.matches(&qualified))
        };
        let layer = self
            .actions
            .as_ref()
            .is_none_or(|layer| listed(&layer.patterns) == layer.allows);
        layer
            && self.permissions.as_ref().is_none_or(|granted| {
                granted
                    .get(connector)
                    .is_some_and(|one| one.all || listed(&one.patterns))
            })
    }

    /// Whether the user, by external id, may act here at all.
    pub fn allows_user(&self, user: &str) -> bool {
        self.users.as_ref().is_none_or(|names| names.pass(user))
    }

    /// Whether any layer can refuse anything.
    pub fn can_refuse(&self) -> bool {
        let actions = self.actions.as_ref().is_some_and(|layer| {
            if layer.allows {
                !layer.patterns.iter().any(Pattern::matches_all)
            } else {
                !layer.patterns.is_empty()
            }
        });
        actions
            || self.permissions.is_some()
            || self.connectors.as_ref().is_some_and(Names::can_refuse)
            || self.users.as_ref().is_some_and(Names::can_refuse)
    }
}

fn granted(permissions: &[Permission]) -> HashMap<String, Granted> {
    let mut granted = HashMap::<String, Granted>::new();
    for permission in permissions {
        let one = granted.entry(permission.connector.clone()).or_default();
        match &permission.actions {
            None => one.all = true,
            Some(actions) => one
                .patterns
                .extend(actions.iter().map(|entry| Pattern::new(entry))),
        }
    }
    granted
}

#[cfg(test)]
mod tests {
    use crate::{Policy, Restrictions};
    use serde_json::{Value, json};

    fn policy(raw: &Value) -> Policy {
        Restrictions::read(raw).unwrap().policy()
    }

    #[test]
    fn an_action_entry_is_matched_whole_against_both_names() {
        let list = json!(["gmail.users.drafts.delete", "issues/*", "slack.chat_*"]);
        let policy = policy(&json!({"actions": {"mode": "allowlist", "allowedActions": list}}));
        assert!(policy.allows_action("gmail", "gmail.users.drafts.delete"));
        assert!(policy.allows_action("github", "issues/create"));
        assert!(policy.allows_action("slack", "chat_postMessage"));
        assert!(!policy.allows_action("other", "chat_postMessage"));
        assert!(!policy.allows_action("gmail", "drafts.delete"));
        assert!(policy.can_refuse());
    }

    #[test]
    fn an_empty_allowlist_allows_nothing_and_an_empty_blocklist_everything() {
        let allow = policy(&json!({"connectors": {"mode": "allowlist", "allowedIds": []}}));
        assert!(!allow.allows_connector("slack") && allow.can_refuse());
        let block =
            policy(&json!({"connectors": {"mode": "blocklist", "blockedIds": [], "allowedIds": ["x"]}}));
        assert!(block.allows_connector("slack") && !block.can_refuse());
        assert!(!policy(&json!({})).can_refuse());
        assert!(!policy(&json!({"actions": {"mode": "allowlist", "allowedActions": ["*"]}})).can_refuse());
    }

    #[test]
    fn permissions_put_everything_else_out_of_reach_and_both_forms_must_allow() {
        let raw = json!({
            "permissions": [{"connector": "slack", "actions": ["users_list", "chat_*"]}, {"connector": "notion"}],
            "actions": {"mode": "blocklist", "blockedActions": ["chat_delete"]},
        });
        let policy = policy(&raw);
        assert!(policy.allows_action("slack", "users_list"));
        assert!(policy.allows_action("notion", "post-search"));
        assert!(!policy.allows_action("slack", "chat_delete"));
        assert!(!policy.allows_action("slack", "pins_add"));
        assert!(!policy.allows_connector("github"));
    }

    #[test]
    fn users_are_compared_byte_for_byte() {
        let policy = policy(&json!({"users": {"mode": "allowlist", "allowedIds": ["u1"]}}));
        assert!(policy.allows_user("u1") && !policy.allows_user("U1") && !policy.allows_user("u1 "));
    }

    #[test]
    fn every_fault_is_listed_with_its_path() {
        let raw = json!({
            "conectors": {},
            "users": {"mode": "alowlist", "allowedIds": "u1"},
            "actions": {"mode": "allowlist", "allowedIds": ["x"]},
            "permissions": [{"connector": 3, "extra": 1}, 7],
        });
        let faults = Restrictions::read(&raw).unwrap_err();
        let mut fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!(
            fields,
            [
                "restrictions.actions.allowedIds",
                "restrictions.conectors",
                "restrictions.permissions[0].connector",
                "restrictions.permissions[0].extra",
                "restrictions.permissions[1]",
                "restrictions.users.allowedIds",
                "restrictions.users.mode",
            ]
        );
    }
}
