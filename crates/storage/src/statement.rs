//! Every statement is a named constant; a test prepares each of them on both engines.

/// A named statement.
pub(crate) type Named = (&'static str, &'static str);

/// Declares a module's statements as constants and lists them for the test that prepares them.
macro_rules! statements {
    ($($name:ident = $sql:literal;)+) => {
        $(const $name: &str = $sql;)+
        pub(crate) const STATEMENTS: &[$crate::statement::Named] = &[$((stringify!($name), $name)),+];
    };
}

/// Runs a statement; gives the number of affected rows.
macro_rules! execute {
    ($tx:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(c) => c.execute($sql, &[$(&$bind as &dyn rusqlite::ToSql),*]),
            $crate::Tx::Postgres(c) => sqlx::query($sql)$(.bind($bind))*.execute(&mut **c).await
                .map(|done| done.rows_affected())
                .map_err($crate::StorageError::from),
        }
    };
}

/// Fetches all rows as `$row`: a tuple, or a struct declared with `row!`.
macro_rules! fetch_all {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(c) => c.fetch::<$row>($sql, &[$(&$bind as &dyn rusqlite::ToSql),*], usize::MAX),
            $crate::Tx::Postgres(c) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_all(&mut **c).await
                .map_err($crate::StorageError::from),
        }
    };
}

/// Fetches at most one row as `$row`.
macro_rules! fetch_optional {
    ($tx:expr, $row:ty, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $tx {
            $crate::Tx::Sqlite(c) => {
                c.fetch::<$row>($sql, &[$(&$bind as &dyn rusqlite::ToSql),*], 1).map(|mut rows| rows.pop())
            }
            $crate::Tx::Postgres(c) => sqlx::query_as::<sqlx::Postgres, $row>($sql)$(.bind($bind))*.fetch_optional(&mut **c).await
                .map_err($crate::StorageError::from),
        }
    };
}

/// Declares a row that is read by its columns' names.
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$note:meta])* $seen:vis $field:ident: $type:ty),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(sqlx::FromRow)]
        $vis struct $name { $($(#[$note])* $seen $field: $type),+ }

        impl<'r> TryFrom<&'r rusqlite::Row<'r>> for $name {
            type Error = rusqlite::Error;

            fn try_from(row: &'r rusqlite::Row<'r>) -> Result<Self, rusqlite::Error> {
                Ok(Self { $($field: row.get(stringify!($field))?),+ })
            }
        }
    };
}

/// Every statement of this crate: module, name, text.
#[must_use]
pub fn all_statements() -> Vec<(&'static str, &'static str, &'static str)> {
    let modules: &[(&'static str, &'static [Named])] = &[
        ("aggregations/accounts", crate::aggregations::accounts::STATEMENTS),
        ("aggregations/runs", crate::aggregations::runs::STATEMENTS),
        ("aggregations/settings", crate::aggregations::settings::STATEMENTS),
        ("audit", crate::audit::STATEMENTS),
        ("budgets", crate::budgets::STATEMENTS),
        ("changes/accept", crate::changes::accept::STATEMENTS),
        ("changes/activities", crate::changes::activities::STATEMENTS),
        ("changes/begin", crate::changes::begin::STATEMENTS),
        ("changes/cancel", crate::changes::cancel::STATEMENTS),
        ("changes/claim", crate::changes::claim::STATEMENTS),
        ("changes/finish", crate::changes::finish::STATEMENTS),
        ("changes/hold", crate::changes::hold::STATEMENTS),
        ("changes/overview", crate::changes::overview::STATEMENTS),
        ("changes/read", crate::changes::read::STATEMENTS),
        ("changes/renew", crate::changes::renew::STATEMENTS),
        ("changes/retry", crate::changes::retry::STATEMENTS),
        ("changes/show", crate::changes::show::STATEMENTS),
        ("clients/api_clients", crate::clients::api_clients::STATEMENTS),
        ("clients/personal_access_tokens", crate::clients::personal_access_tokens::STATEMENTS),
        ("deliveries/claim", crate::deliveries::claim::STATEMENTS),
        ("deliveries/finish", crate::deliveries::finish::STATEMENTS),
        ("deliveries/publish", crate::deliveries::publish::STATEMENTS),
        ("deliveries/show", crate::deliveries::show::STATEMENTS),
        ("deliveries/webhooks", crate::deliveries::webhooks::STATEMENTS),
        ("digit_tokens", crate::digit_tokens::STATEMENTS),
        ("directory/account_states", crate::directory::account_states::STATEMENTS),
        ("directory/accounts", crate::directory::accounts::STATEMENTS),
        ("directory/administrators", crate::directory::administrators::STATEMENTS),
        ("directory/applications", crate::directory::applications::STATEMENTS),
        ("directory/identities", crate::directory::identities::STATEMENTS),
        ("directory/listed_accounts", crate::directory::listed_accounts::STATEMENTS),
        ("directory/password_groups", crate::directory::password_groups::STATEMENTS),
        ("directory/password_policies", crate::directory::password_policies::STATEMENTS),
        ("directory/sign_in_passwords", crate::directory::sign_in_passwords::STATEMENTS),
        ("directory/source_schemas", crate::directory::source_schemas::STATEMENTS),
        ("directory/sources", crate::directory::sources::STATEMENTS),
        ("directory/user_applications", crate::directory::user_applications::STATEMENTS),
        ("factors/enrolled", crate::factors::ENROLLED),
        ("factors/passkeys", crate::factors::PASSKEYS),
        ("factors/recovery_codes", crate::factors::RECOVERY_CODES),
        ("factors/totp", crate::factors::TOTP),
        ("help_approvals", crate::help_approvals::STATEMENTS),
        ("half_sign_ins", crate::half_sign_ins::STATEMENTS),
        ("idempotency", crate::idempotency::STATEMENTS),
        ("instructions", crate::instructions::STATEMENTS),
        ("keys", crate::keys::STATEMENTS),
        ("notify", crate::notify::STATEMENTS),
        ("oauth_grants", crate::oauth_grants::STATEMENTS),
        ("recovery/attempts", crate::recovery::ATTEMPTS),
        ("recovery/flows", crate::recovery::FLOWS),
        ("recovery/generations", crate::recovery::generations::STATEMENTS),
        ("recovery/mailed", crate::recovery::MAILED),
        ("recovery/names", crate::recovery::NAMES),
        ("recovery/third_party", crate::recovery::THIRD_PARTY),
        ("request_windows", crate::request_windows::STATEMENTS),
        ("retention", crate::retention::STATEMENTS),
        ("security_questions", crate::security_questions::STATEMENTS),
        ("sessions", crate::sessions::STATEMENTS),
        ("settings", crate::settings::STATEMENTS),
        ("sign_in_failures", crate::sign_in_failures::STATEMENTS),
        ("source_stops", crate::source_stops::STATEMENTS),
    ];
    modules.iter().flat_map(|(module, list)| list.iter().map(|(name, sql)| (*module, *name, *sql))).collect()
}
