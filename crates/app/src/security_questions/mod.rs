//! Security questions: what there is to answer, and what people answered, which is kept as a slow hash under the pepper.
//! For the API; what people do on their pages is in `factors`, and the answers of a reset are checked in `recovery`.

mod keep_security_questions;
mod list_security_questions;
mod set_security_answers;

use passwright_vault::secret::SecretText;

pub use list_security_questions::ShownQuestion;
pub use passwright_domain::security_question::SecurityQuestion;
pub use set_security_answers::AnsweredQuestion;

pub(crate) use set_security_answers::compared;

/// An answer as it came.
pub struct SecurityAnswer {
    pub question_id: String,
    pub answer: SecretText,
}
