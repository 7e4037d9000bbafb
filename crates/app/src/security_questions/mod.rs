//! Security questions: what there is to answer, and what people answered, which is kept as a slow hash under the pepper.

mod list_security_questions;
mod set_security_answers;
mod verify_security_answers;

use passwright_vault::secret::SecretText;

pub use list_security_questions::ShownQuestion;
pub use passwright_domain::security_question::SecurityQuestion;
pub use set_security_answers::AnsweredQuestion;
pub use verify_security_answers::Verdict;

/// An answer as it came.
pub struct SecurityAnswer {
    pub question_id: String,
    pub answer: SecretText,
}
