//! Names that a connector file takes, made of names that a description has.

use std::collections::{HashMap, HashSet};

/// The longest id of an action: clients put names of their own before it and refuse what is longer than 64 together.
const ACTION: usize = 48;

/// Words of `a-z 0-9`, joined by `_`: `listUserEvents`, `list-user.events` and `List user events` are one.
pub(super) fn snake(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let mut before = ' ';
    // One word, though it is written as two.
    let text = text.replace("OAuth", "Oauth");
    let mut characters = text.chars().peekable();
    while let Some(one) = characters.next() {
        if one.is_ascii_alphanumeric() {
            let lower_next = characters.peek().is_some_and(char::is_ascii_lowercase);
            let begins = one.is_ascii_uppercase()
                && (before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_ascii_uppercase() && lower_next));
            if begins && !out.ends_with('_') {
                out.push('_');
            }
            out.push(one.to_ascii_lowercase());
        } else if one != '\'' && !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
        before = one;
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// Six hexadecimal digits that belong to a key (FNV-1a): the same in every import.
pub(super) fn hash(key: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in key.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{:06x}", (hash ^ (hash >> 24) ^ (hash >> 48)) & 0x00ff_ffff)
}

/// The ids of all actions, in order. A name that is too long, or that two operations share, ends in the hash of the
/// operation's key, within the limit, so that no name depends on which operation stands first.
pub(super) fn action_ids<'a>(operations: impl Iterator<Item = (Option<&'a str>, &'a str)>) -> Vec<String> {
    let wanted: Vec<(String, &str)> = operations
        .map(|(id, key)| {
            let named = id.map(snake).filter(|name| !name.is_empty());
            (named.unwrap_or_else(|| by_key(key)), key)
        })
        .collect();
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for (name, _) in &wanted {
        *counts.entry(name).or_default() += 1;
    }
    let mut taken = HashSet::new();
    let ids = wanted.iter().map(|(name, key)| {
        let shared = counts.get(name.as_str()).is_some_and(|count| *count > 1);
        let mut id = if shared || name.len() > ACTION {
            hashed(name, key)
        } else {
            name.clone()
        };
        // Two keys with one hash, or a name that looks like another's with its hash: the key is hashed once more.
        let mut salted = (*key).to_owned();
        while !taken.insert(id.clone()) {
            salted.push('+');
            id = hashed(name, &salted);
        }
        id
    });
    ids.collect()
}

fn hashed(name: &str, key: &str) -> String {
    let start: String = name.chars().take(ACTION - 7).collect();
    format!("{}_{}", start.trim_end_matches('_'), hash(key))
}

/// `GET /users/{id}/posts` is `get_users_id_posts`.
fn by_key(key: &str) -> String {
    let name = snake(key);
    if name.is_empty() { "call".to_owned() } else { name }
}

/// A parameter's name: that of the platform where a connector file takes it.
pub(super) fn parameter(name: &str) -> String {
    let taken = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=64).contains(&name.len())
        && name.bytes().all(taken)
        && !name.starts_with(|one: char| one.is_ascii_digit() || one == '.' || one == '-')
    {
        return name.to_owned();
    }
    let mut made = String::new();
    for one in name.chars() {
        if one.is_ascii_alphanumeric() || matches!(one, '.' | '-') {
            made.push(one);
        } else if !made.ends_with('_') && !made.is_empty() {
            made.push('_');
        }
    }
    let made = made.trim_matches(|one| matches!(one, '_' | '.' | '-'));
    let made = if made.is_empty() {
        format!("p_{}", hash(name))
    } else if made.starts_with(|one: char| one.is_ascii_digit()) {
        format!("p_{made}")
    } else {
        made.to_owned()
    };
    if made.len() <= 64 {
        made
    } else {
        let start: String = made.chars().take(57).collect();
        format!("{start}_{}", hash(name))
    }
}

/// A name of the file's own: a kind of authentication, a variable, a resource, a connector's id.
pub(super) fn own(text: &str, otherwise: &str) -> String {
    let name = snake(text);
    let name = name.trim_start_matches(|one: char| !one.is_ascii_lowercase());
    let name: String = name.chars().take(48).collect();
    let name = name.trim_end_matches('_');
    if name.is_empty() {
        otherwise.to_owned()
    } else {
        name.to_owned()
    }
}

/// The name, or the name with a number behind it that nobody has.
pub(super) fn free(name: String, taken: impl Fn(&str) -> bool) -> String {
    if !taken(&name) {
        return name;
    }
    let start: String = name.chars().take(44).collect();
    (2..10_000)
        .map(|number| format!("{start}_{number}"))
        .find(|made| !taken(made))
        .unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::{action_ids, own, parameter, snake};

    #[test]
    fn words_of_every_style_are_told_apart() {
        for (text, wanted) in [
            ("listUserEvents", "list_user_events"),
            ("gmail.users.messages.list", "gmail_users_messages_list"),
            ("GetHTTPResponse", "get_http_response"),
            ("issues/list-for-repo", "issues_list_for_repo"),
            ("Get v2 Users", "get_v2_users"),
            ("__x__", "x"),
            ("日本", ""),
        ] {
            assert_eq!(snake(text), wanted);
        }
    }

    #[test]
    fn ids_stay_within_the_limit_and_do_not_depend_on_the_order() {
        let long = "a".repeat(80);
        let one = [
            (Some(long.as_str()), "GET /a"),
            (Some("same"), "GET /b"),
            (Some("same"), "GET /c"),
            (None, "GET /d/{id}"),
        ];
        let ids = action_ids(one.into_iter());
        assert!(ids.iter().all(|id| (1..=48).contains(&id.len())), "{ids:?}");
        assert_eq!(ids[3], "get_d_id");
        assert!(ids[1].starts_with("same_") && ids[1] != ids[2]);
        let mut back = action_ids(one.into_iter().rev());
        back.reverse();
        assert_eq!(ids, back);
    }

    #[test]
    fn names_that_a_file_does_not_take_are_made_ones_that_it_does() {
        for (name, wanted) in [
            ("filter[name]", "filter_name"),
            ("$top", "top"),
            ("ok-name.x", "ok-name.x"),
            ("2fa", "p_2fa"),
            ("_x", "_x"),
        ] {
            assert_eq!(parameter(name), wanted);
        }
        assert!(parameter("…").starts_with("p_") && parameter(&"x".repeat(99)).len() == 64);
        assert_eq!(own("12 OAuth2.0!", "key"), "oauth2_0");
        assert_eq!(own("…", "key"), "key");
    }
}
