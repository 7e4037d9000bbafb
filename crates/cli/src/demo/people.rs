//! Who is in the demo, and where.

/// The domain of `My-AD`.
pub(super) const BASE: &str = "DC=seri,DC=acme,DC=com";
/// The service account there.
pub(super) const SERVICE: &str = "CN=svc-passwright,OU=Services,DC=seri,DC=acme,DC=com";

pub(super) struct Person {
    pub(super) alias: &'static str,
    pub(super) given_name: &'static str,
    pub(super) family_name: &'static str,
    pub(super) office: &'static str,
    pub(super) department: &'static str,
    pub(super) level: Option<&'static str>,
    pub(super) in_crm: bool,
    pub(super) in_intranet: bool,
    pub(super) in_reports: bool,
}

const fn person(
    [alias, given_name, family_name, office, department]: [&'static str; 5],
    level: Option<&'static str>,
    [in_crm, in_intranet, in_reports]: [bool; 3],
) -> Person {
    Person { alias, given_name, family_name, office, department, level, in_crm, in_intranet, in_reports }
}

/// Everyone has an account on `My-AD`; the first has one everywhere.
pub(super) const PEOPLE: [Person; 7] = [
    person(["Abby.Smith", "Abby", "Smith", "Austin", "Sales"], None, [true, true, true]),
    person(["Bob.Jones", "Bob", "Jones", "Austin", "Sales"], None, [true, false, false]),
    person(["Cara.Diaz", "Cara", "Diaz", "Boston", "Engineering"], None, [true, true, false]),
    person(["Dan.Weber", "Dan", "Weber", "Boston", "Engineering"], None, [false, true, true]),
    person(["Eve.Novak", "Eve", "Novak", "Austin", "Finance"], None, [true, false, true]),
    person(["Olga.Admin", "Olga", "Admin", "Austin", "IT"], Some("ORG_ADMIN"), [true, true, false]),
    person(["Hank.Helper", "Hank", "Helper", "Boston", "IT"], Some("HELPDESK"), [true, false, false]),
];

impl Person {
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name)
    }

    pub(super) fn email(&self) -> String {
        format!("{}@acme.com", self.login())
    }

    /// The name in the systems other than `My-AD`.
    pub(super) fn login(&self) -> String {
        self.alias.to_lowercase()
    }

    /// The distinguished name on `My-AD`. No part needs escaping.
    pub(super) fn dn(&self) -> String {
        format!("CN={},OU={},OU=Americas,OU=Demo,{BASE}", self.name(), self.office)
    }

    /// The file in `secrets` with the password that all accounts start with.
    pub(super) fn password_file(&self) -> String {
        format!("{}.password", self.login())
    }
}

#[cfg(test)]
mod tests {
    use super::PEOPLE;

    #[test]
    fn abby_is_who_the_documentation_says() {
        let abby = &PEOPLE[0];
        assert_eq!(abby.dn(), "CN=Abby Smith,OU=Austin,OU=Americas,OU=Demo,DC=seri,DC=acme,DC=com");
        assert!(abby.in_crm && abby.in_intranet && abby.in_reports);
        let with = |level| PEOPLE.iter().filter(|p| p.level == Some(level)).count();
        assert_eq!((with("ORG_ADMIN"), with("HELPDESK")), (1, 1));
    }
}
