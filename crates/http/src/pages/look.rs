//! What every page shows around its own content.

use std::sync::Arc;

use passwright_app::Timestamp;
use passwright_app::branding::Branding;

use super::assets;
use super::language::Language;
use super::visit::Visit;
use crate::state::AppState;

/// Which entry of the menu a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Passwords,
    HelpDesk,
    Administration,
    Sessions,
    Factors,
    None,
}

/// Who is signed in.
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) alias: String,
    pub(crate) serves_people: bool,
    pub(crate) administers: bool,
}

/// The frame of a page; templates call its methods.
pub(crate) struct Look {
    language: &'static Language,
    /// Before every path of ours.
    pub(crate) base: String,
    /// What forms hold; empty where there is no form.
    pub(crate) form: String,
    pub(crate) person: Option<Person>,
    pub(crate) place: Place,
    /// Seconds after which an unused session ends; 0 without one.
    pub(crate) idle_seconds: u64,
    /// Path and query, to come back to.
    pub(crate) here: String,
    /// Of the administration's pages, which part it is; empty elsewhere.
    pub(crate) tab: &'static str,
    branding: Arc<Branding>,
}

impl Look {
    /// The look of a visit. `form`: the value of its forms where there is no session.
    pub(crate) fn new(state: &AppState, visit: &Visit, place: Place, form: &str) -> Self {
        let mut look = Self::plain(visit.language, &visit.base).branded(visit.branding.clone());
        look.here = visit.here.clone();
        look.place = place;
        look.form = form.to_owned();
        if let Some(session) = &visit.session {
            let service = state.service();
            look.form = service.form_token(&session.stored).expose().to_owned();
            look.idle_seconds = session.idle_at.since(service.now()).as_secs();
            look.person = Some(Person {
                name: session.identity.name.clone(),
                alias: session.identity.alias.clone(),
                serves_people: session.serves_people(),
                administers: session.administers(),
            });
        }
        look
    }

    /// The look of a page for somebody who cannot sign in, whoever else is signed in with this browser.
    pub(crate) fn stranger(visit: &Visit, form: &str, here: &str) -> Self {
        let mut look = Self::plain(visit.language, &visit.base).branded(visit.branding.clone());
        form.clone_into(&mut look.form);
        here.clone_into(&mut look.here);
        look
    }

    /// Without anybody and without forms.
    pub(crate) fn plain(language: &'static Language, base: &str) -> Self {
        Self {
            language,
            base: base.to_owned(),
            form: String::new(),
            person: None,
            place: Place::None,
            idle_seconds: 0,
            here: String::new(),
            tab: "",
            branding: Arc::default(),
        }
    }

    /// With a name and colours of its own.
    pub(crate) fn branded(self, branding: Arc<Branding>) -> Self {
        Self { branding, ..self }
    }

    /// What the service is called.
    pub(crate) fn product(&self) -> &str {
        if self.branding.name.is_empty() { self.t("product") } else { &self.branding.name }
    }

    /// The digits of the colour, which name its style sheet; `None` for the product's own.
    pub(crate) fn colour(&self) -> Option<&str> {
        self.branding.accent.strip_prefix('#')
    }

    /// What names the picture that is set; `None` for the product's own.
    pub(crate) fn logo(&self) -> Option<String> {
        (!self.branding.logo.is_empty()).then(|| format!("{:016x}", assets::digest(&self.branding.logo)))
    }

    /// The look of one of the administration's pages.
    pub(crate) fn administration(state: &AppState, visit: &Visit, tab: &'static str) -> Self {
        Self { tab, ..Self::new(state, visit, Place::Administration, "") }
    }

    /// A text of the message file.
    pub(crate) fn t(&self, key: &str) -> &'static str {
        self.language.text(key)
    }

    /// A text with a value in it.
    pub(crate) fn with(&self, key: &str, name: &str, value: &str) -> String {
        self.language.with(key, &[(name, value)])
    }

    /// Name and login name of who is signed in; empty for nobody.
    pub(crate) fn person_name(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.name)
    }

    pub(crate) fn person_alias(&self) -> &str {
        self.person.as_ref().map_or("", |person| &person.alias)
    }

    pub(crate) fn language(&self) -> &'static Language {
        self.language
    }

    pub(crate) fn languages(&self) -> &'static [Language] {
        super::language::all()
    }

    pub(crate) fn is(&self, place: &str) -> bool {
        match self.place {
            Place::Passwords => place == "passwords",
            Place::HelpDesk => place == "help-desk",
            Place::Administration => place == "administration",
            Place::Sessions => place == "sessions",
            Place::Factors => place == "factors",
            Place::None => false,
        }
    }

    /// The address of a file of ours, by its name.
    pub(crate) fn asset(&self, name: &str) -> String {
        format!("{}/assets/{}", self.base, assets::address(name))
    }

    /// A time for a machine.
    pub(crate) fn iso(&self, at: &Timestamp) -> String {
        passwright_app::passwords::rfc3339(at.rounded_up_to_second())
    }

    /// A time for a reader without script: in UTC, with its date.
    pub(crate) fn time(&self, at: &Timestamp) -> String {
        self.language.time(*at)
    }

    /// A day.
    pub(crate) fn day(&self, at: &Timestamp) -> String {
        self.language.day(*at)
    }
}
