//! What every database has to hold. Each line of the contract opens a new, empty database by its URL and returns what
//! it saw; on SQLite each is a test of its own, and PostgreSQL has to hold and to see the same.

mod accounts;
mod authorization;
mod broker;
mod concurrency;
mod connect_tickets;
mod credentials;
mod feed;
mod jwt_keys;
mod keys;
mod own_connectors;
mod sealed;
mod servers;
mod sign_in;
mod usage;

use std::future::Future;
use std::pin::Pin;

/// A line of the contract: takes the URL, returns what it saw.
pub(crate) type Clause = fn(String) -> Pin<Box<dyn Future<Output = String> + Send>>;

macro_rules! contract {
    ($($module:ident: $($name:ident,)*;)*) => {
        /// The whole contract, by name.
        pub(crate) const ALL: &[(&str, Clause)] = &[
            $($((stringify!($name), |url| Box::pin($module::$name(url))),)*)*
        ];

        mod on_sqlite {$($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                let database = crate::sqlite::Database::new();
                super::$module::$name(database.url()).await;
            }
        )*)*}
    };
}

contract! {
    accounts:
        an_account_comes_with_its_first_user_and_key,
        an_account_name_is_taken_once_and_a_refusal_leaves_nothing,
        a_user_is_kept_once_for_each_account_and_name,
        names_of_users_are_compared_byte_for_byte_up_to_their_last_character,
        a_key_is_found_until_it_is_revoked,
        a_key_needs_a_digest_of_its_own_and_a_user_of_its_account,
        lists_are_paged_newest_first,
        the_first_hash_key_stands,
        the_log_keeps_all_that_it_was_told,
    ;
    servers:
        a_server_is_kept_with_every_field,
        an_update_keeps_what_was_changed_and_only_what_may_change,
        a_server_name_is_unique_for_its_owner_alone,
        a_server_needs_an_id_of_its_own_and_an_owner_of_its_account,
        servers_are_listed_newest_first_and_of_one_moment_by_the_bytes_of_their_ids,
        a_deleted_server_is_gone_and_what_outlives_it_stays,
    ;
    credentials:
        a_credential_is_kept_with_every_field,
        a_credential_brings_its_user_or_takes_the_standing_one,
        credentials_are_listed_for_all_connectors_or_for_one,
        a_renamed_credential_keeps_all_else,
        a_deleted_credential_is_gone,
        an_ended_session_is_remembered_until_it_would_have_ended,
    ;
    broker:
        an_app_is_kept_once_for_each_account_connector_and_kind,
        a_redirect_uri_is_listed_once_and_matched_by_its_bytes,
        a_flow_is_kept_with_every_field_and_each_step_is_taken_once,
        flows_of_a_ticket_wait_until_their_time_is_over_and_old_ones_are_forgotten,
        new_secrets_keep_those_before_until_they_are_settled,
        a_lease_has_one_holder_until_it_ends_or_is_given_back,
        a_lease_that_many_want_at_once_goes_to_one,
        what_was_asked_of_a_platform_is_logged_by_itself,
    ;
    authorization:
        a_client_is_kept_with_every_field_until_it_is_deleted,
        clients_that_registered_themselves_are_forgotten_when_unused,
        a_request_is_kept_until_it_is_answered_once,
        a_code_is_exchanged_once_and_its_second_use_ends_the_grant,
        a_refresh_token_is_exchanged_once_and_its_second_use_ends_the_grant,
        of_many_who_exchange_one_token_at_once_one_wins_and_the_grant_ends,
        grants_are_listed_while_they_go_on_and_remembered_as_they_are,
    ;
    feed:
        every_change_is_fed_with_what_it_concerns,
        what_changes_nothing_is_neither_fed_nor_logged,
        the_feed_is_read_on_from_a_number,
        old_changes_are_dropped_and_the_last_one_stays,
        each_method_is_one_query,
    ;
    keys:
        a_key_is_given_another_name_and_another_end,
        a_successor_takes_over_while_the_old_key_lives_on_for_a_while,
        the_last_key_of_an_admin_is_not_revoked,
        two_admins_do_not_revoke_each_others_last_key,
        the_last_use_of_a_key_goes_on_and_never_back,
        a_user_is_created_and_logged_once,
        the_log_is_searched_by_what_is_asked,
    ;
    sealed:
        every_column_of_bytes_is_known_as_sealed_or_not,
        sealed_records_are_listed_by_their_keys_with_the_parts_of_their_context,
        a_record_that_was_changed_in_the_meantime_is_not_replaced,
        another_master_key_is_told_to_every_process_and_to_every_accounts_log,
    ;
    jwt_keys:
        a_jwt_key_is_kept_with_every_field,
        a_jwt_key_is_its_accounts_alone,
        jwt_keys_are_found_by_issuer_or_by_kid_in_every_account,
    ;
    sign_in:
        a_password_is_kept_until_it_is_removed_and_each_change_raises_the_epoch,
        a_password_belongs_to_a_user_of_its_account,
        a_provider_is_kept_with_every_field_for_its_account_alone,
        a_provider_is_changed_by_who_read_it_last_and_deleted_once,
        an_attempt_is_kept_goes_to_a_provider_and_is_taken_once,
        of_many_that_take_an_attempt_at_once_one_gets_it,
        a_sign_in_brings_its_user_and_is_logged_with_who_it_was,
    ;
    usage:
        sums_of_usage_grow_and_are_listed_by_the_hour,
        sums_that_two_write_at_once_lose_nothing,
    ;
    connect_tickets:
        a_ticket_is_kept_with_every_field,
        a_ticket_opens_once_and_ends_once,
        a_ticket_that_many_open_at_once_is_one_browsers,
        what_a_ticket_connected_is_told_while_it_exists,
        what_is_pending_is_taken_once_and_goes_with_its_ticket,
        a_ticket_is_told_of_for_a_day_after_its_end,
    ;
    own_connectors:
        a_connector_is_its_accounts_alone_and_every_version_is_kept,
        what_was_sealed_for_one_identity_ends_with_it,
        a_deleted_connector_leaves_nothing_that_was_sealed_for_it,
    ;
    concurrency:
        two_that_have_the_database_open_both_write,
        a_link_is_used_up_by_one_of_many_and_forgotten_when_it_has_ended,
        no_update_is_lost,
        a_user_that_many_name_at_once_is_kept_once,
        a_name_that_many_want_at_once_is_given_once,
    ;
}
