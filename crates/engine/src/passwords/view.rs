//! What admins see of passwords: that there is one.

use serde::Serialize;
use solder_model::{Timestamp, User};
use utoipa::ToSchema;

/// That a user has a password. Nothing shows the password itself.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordView {
    /// The user's internal id.
    #[schema(example = "usr_a1b2c3d4e5f6a7b8")]
    user_id: String,
    /// The customer's own id of the user.
    user_name: String,
    /// Always true.
    has_password: bool,
    /// When it was set.
    #[schema(value_type = String, format = DateTime)]
    password_set_at: Timestamp,
}

impl PasswordView {
    pub(crate) fn new(user: &User, set_at: Timestamp) -> Self {
        Self {
            user_id: user.id.as_str().to_owned(),
            user_name: user.name.as_str().to_owned(),
            has_password: true,
            password_set_at: set_at,
        }
    }
}

/// That a user has no password any more.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PasswordRemoved {
    /// For a person.
    #[schema(example = "Password removed")]
    message: String,
    /// The user's internal id.
    #[schema(example = "usr_a1b2c3d4e5f6a7b8")]
    user_id: String,
}

impl PasswordRemoved {
    pub(crate) fn new(user: &User) -> Self {
        Self {
            message: "Password removed".to_owned(),
            user_id: user.id.as_str().to_owned(),
        }
    }
}
