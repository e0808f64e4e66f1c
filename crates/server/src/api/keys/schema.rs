//! Bodies of the key endpoints, for the published description alone: the engine reads what was sent as it came, so that
//! every fault in it can be told at once.

use utoipa::ToSchema;

/// A new key. A field that is not known is refused.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct CreateKey {
    /// A name for people.
    #[schema(max_length = 100, default = "")]
    name: Option<String>,
    /// The user that the key acts as by itself, by your own id, who comes to be if need be; absent: the acting user.
    #[schema(min_length = 1, max_length = 10_000)]
    user_id: Option<String>,
    /// What it may do: an `admin` has users, keys and all else of the account, a `member` own servers and own credentials
    /// alone.
    #[schema(default = "member", example = "member")]
    role: Option<String>,
    /// Whether it acts as its own user alone, and never as another. Such a key is always a member.
    #[schema(default = false)]
    user_bound: Option<bool>,
    /// Days of 86,400 seconds until the key ends; absent: never.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u16>,
}

/// Any of these. What is absent stays as it is.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct UpdateKey {
    /// The new name.
    #[schema(max_length = 100)]
    name: Option<String>,
    /// Days from now until the key ends; `null`: never.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u16>,
}

/// How a rotation treats the old key.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "describes a body; nothing makes one")]
pub(super) struct RotateKey {
    /// Seconds that the old key goes on for, 30 days at most. It never outlives its own end.
    #[schema(default = 0, minimum = 0, maximum = 2_592_000)]
    grace_seconds: Option<u32>,
}
