//! The style sheet with an administrator's own colour. The policy of the pages lets no style into a page itself.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use passwright_app::branding::Palette;

use crate::state::AppState;

const CSS: HeaderValue = HeaderValue::from_static("text/css; charset=utf-8");

pub(crate) async fn get_colours(State(state): State<AppState>) -> Response {
    let text = match state.service().branding().palettes() {
        Some((light, dark)) => {
            format!("{}@media (prefers-color-scheme: dark) {{ {} }}\n", rule(&light), rule(&dark).trim_end())
        }
        None => String::new(),
    };
    ([(CONTENT_TYPE, CSS)], text).into_response()
}

fn rule(of: &Palette) -> String {
    let Palette { accent, strong, ink, tint } = of;
    format!(":root {{ --accent: {accent}; --accent-strong: {strong}; --accent-ink: {ink}; --accent-tint: {tint}; }}\n")
}
