//! The table of contents of the pages; that of the API is [`router`](crate::router()).

use crate::pages::{self, Need};
use crate::routes::Routes;

pub(crate) fn declare(routes: Routes) -> Routes {
    factor_routes(recovery_routes(administration_routes(page_routes(routes))))
}

/// For people with a browser.
fn page_routes(routes: Routes) -> Routes {
    let (anyone, stranger, signed_in) = (Need::Nothing, Need::Stranger, Need::Session);
    routes
        .page("/", signed_in, pages::get_root)
        .page("/assets/{name}", anyone, pages::get_asset)
        .page("/colours.css", anyone, pages::get_colours)
        .page("/logo", anyone, pages::get_logo)
        .page("/sign-in", anyone, pages::get_sign_in)
        .form("/sign-in", stranger, pages::post_sign_in)
        .form("/sign-out", signed_in, pages::sign_out)
        .form("/sign-out-everywhere", signed_in, pages::end_all_sessions)
        .form("/language", anyone, pages::set_language)
        .page("/sessions", signed_in, pages::list_sessions)
        .form("/sessions/{id}/end", signed_in, pages::end_session)
        .page("/password-manager", signed_in, pages::get_password_manager)
        .page("/password-manager/change", signed_in, pages::get_change_password)
        .form("/password-manager/change", signed_in, pages::post_change_password)
        .form("/password-manager/check", signed_in, pages::check_password)
        .form("/password-manager/suggest", signed_in, pages::suggest_password)
        .page("/password-manager/changes/{id}", signed_in, pages::get_changes)
        .page("/password-manager/changes/{id}/events", signed_in, pages::watch_changes)
        .page("/help-desk", signed_in, pages::find_people)
        .page("/help-desk/people/{id}", signed_in, pages::get_person)
        .form("/help-desk/people/{id}/token", signed_in, pages::create_token)
        .form("/help-desk/people/{id}/token/cancel", signed_in, pages::cancel_token)
        .form("/help-desk/people/{id}/second", signed_in, pages::ask_second_operator)
        .form("/help-desk/people/{id}/second/agree", signed_in, pages::agree_to_help)
        .form("/help-desk/people/{id}/mail", signed_in, pages::send_reset_mail)
        .form("/help-desk/people/{id}/unlock", signed_in, pages::unlock_account)
        .form("/help-desk/people/{id}/expire", signed_in, pages::expire_password)
}

/// For administrators with a browser.
fn administration_routes(routes: Routes) -> Routes {
    use pages::administration as admin;
    let signed_in = Need::Session;
    routes
        .page("/admin", signed_in, admin::get_administration)
        .page("/admin/sources", signed_in, admin::list_sources)
        .page("/admin/sources/new", signed_in, admin::get_new_source)
        .form("/admin/sources/new", signed_in, admin::post_new_source)
        .page("/admin/sources/{id}", signed_in, admin::get_source)
        .page("/admin/sources/{id}/edit", signed_in, admin::get_edit_source)
        .form("/admin/sources/{id}/edit", signed_in, admin::post_edit_source)
        .form("/admin/sources/{id}/check", signed_in, admin::check_source)
        .form("/admin/sources/{id}/resume", signed_in, admin::resume_source)
        .page("/admin/changes", signed_in, admin::list_changes)
        .form("/admin/changes/{id}/retry", signed_in, admin::retry_change)
        .form("/admin/changes/{id}/cancel", signed_in, admin::cancel_change)
        .form("/admin/changes/{id}/release", signed_in, admin::release_change)
        .form("/admin/changes/{id}/give-up", signed_in, admin::cancel_held)
        .page("/admin/audit", signed_in, admin::search_audit)
        .form("/admin/audit/export", signed_in, admin::export_audit)
        .page("/admin/policies", signed_in, admin::list_policies)
        .page("/admin/policies/{id}", signed_in, admin::get_policy)
        .form("/admin/policies/{id}", signed_in, admin::post_policy)
        .page("/admin/groups/new", signed_in, admin::get_new_group)
        .form("/admin/groups/new", signed_in, admin::post_new_group)
        .page("/admin/groups/{id}", signed_in, admin::get_group)
        .form("/admin/groups/{id}", signed_in, admin::post_group)
        .page("/admin/groups/{id}/delete", signed_in, admin::ask_delete_group)
        .form("/admin/groups/{id}/delete", signed_in, admin::delete_group)
        .page("/admin/clients", signed_in, admin::list_clients)
        .form("/admin/clients", signed_in, admin::create_client)
        .page("/admin/clients/{id}/revoke", signed_in, admin::ask_revoke_client)
        .form("/admin/clients/{id}/revoke", signed_in, admin::revoke_client)
        .form("/admin/tokens", signed_in, admin::create_token)
        .page("/admin/tokens/{id}/revoke", signed_in, admin::ask_revoke_token)
        .form("/admin/tokens/{id}/revoke", signed_in, admin::revoke_token)
        .page("/admin/texts", signed_in, admin::get_texts)
        .form("/admin/texts", signed_in, admin::post_text)
        .page("/admin/settings", signed_in, admin::get_settings)
        .form("/admin/settings/branding", signed_in, admin::post_branding)
        .form("/admin/settings/passwords", signed_in, admin::post_password_settings)
        .form("/admin/settings/help-desk", signed_in, admin::post_help_desk_settings)
        .form("/admin/settings/questions", signed_in, admin::add_question)
        .form("/admin/settings/questions/remove", signed_in, admin::remove_question)
        .form("/admin/settings/recovery", signed_in, admin::post_recovery_settings)
        .form("/admin/settings/lockout", signed_in, admin::post_lockout_settings)
        .form("/admin/settings/sessions", signed_in, admin::post_session_settings)
        .form("/admin/settings/networks", signed_in, admin::post_network_settings)
}

/// For people who cannot sign in.
fn recovery_routes(routes: Routes) -> Routes {
    let stranger = Need::Stranger;
    routes
        .page("/recovery", stranger, pages::get_recovery)
        .page("/recovery/user-name", stranger, pages::get_forgot_name)
        .form("/recovery/user-name", stranger, pages::post_forgot_name)
        .page("/recovery/password", stranger, pages::get_reset)
        .form("/recovery/password", stranger, pages::post_reset)
        .page("/recovery/unlock", stranger, pages::get_unlock)
        .form("/recovery/unlock", stranger, pages::post_unlock)
        .page("/recovery/flow", stranger, pages::get_flow)
        .form("/recovery/flow/way", stranger, pages::choose_way)
        .form("/recovery/flow/answer", stranger, pages::answer)
        .form("/recovery/flow/answers", stranger, pages::answer_questions)
        .form("/recovery/flow/back", stranger, pages::go_back)
        .form("/recovery/flow/passkey", stranger, pages::ask_passkey)
        .form("/recovery/flow/push", stranger, pages::ask_push)
        .form("/recovery/flow/password", stranger, pages::set_new_password)
        .form("/recovery/flow/check", stranger, pages::check_new_password)
        .form("/recovery/flow/suggest", stranger, pages::suggest_new_password)
        .form("/recovery/flow/unlock", stranger, pages::unlock)
        .page("/recovery/link", stranger, pages::get_link)
        .form("/recovery/link", stranger, pages::post_link)
        .page("/recovery/third-party", stranger, pages::get_return)
        .form("/recovery/third-party", stranger, pages::post_return)
        .page("/recovery/changes/{id}", stranger, pages::get_result)
        .page("/recovery/changes/{id}/events", stranger, pages::watch_result)
}

/// What people prove themselves with besides their password.
fn factor_routes(routes: Routes) -> Routes {
    let (anyone, stranger, signed_in) = (Need::Nothing, Need::Stranger, Need::Session);
    routes
        .page("/sign-in/factor", anyone, pages::get_sign_in_factor)
        .form("/sign-in/factor", stranger, pages::post_sign_in_factor)
        .form("/sign-in/factor/question", stranger, pages::ask_passkey_at_sign_in)
        .page("/factors/confirm", signed_in, pages::get_confirm)
        .form("/factors/confirm", signed_in, pages::post_confirm)
        .page("/factors", signed_in, pages::list_factors)
        .form("/factors/question", signed_in, pages::ask_own_passkey)
        .form("/factors/totp/start", signed_in, pages::start_totp)
        .form("/factors/totp", signed_in, pages::confirm_totp)
        .page("/factors/passkey", signed_in, pages::get_passkey)
        .form("/factors/passkey", signed_in, pages::add_passkey)
        .form("/factors/passkey/question", signed_in, pages::ask_new_passkey)
        .page("/factors/recovery-codes", signed_in, pages::get_codes)
        .form("/factors/recovery-codes", signed_in, pages::make_codes)
        .page("/factors/questions", signed_in, pages::get_questions)
        .form("/factors/questions", signed_in, pages::post_questions)
        .page("/factors/remove", signed_in, pages::get_remove)
        .form("/factors/remove", signed_in, pages::remove_factor)
}
