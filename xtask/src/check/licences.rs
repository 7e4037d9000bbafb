//! Every package from elsewhere, whether built in or only used by tests, carries a licence of the allow-list.

use super::policy::Policy;
use super::spdx;
use crate::workspace::Workspace;

pub(super) fn faults(workspace: &Workspace, policy: &Policy) -> Vec<String> {
    let mut faults = Vec::new();
    for package in workspace.foreign() {
        let (name, version) = (package.name(), package.version());
        let allowed = |id: &str| {
            policy.licences.iter().any(|known| known == id)
                || policy.exceptions.iter().any(|(who, known)| who == name && known == id)
        };
        let Some(licence) = package.licence() else {
            faults.push(format!("{name} {version} states no licence"));
            continue;
        };
        match spdx::satisfied(licence, &allowed) {
            Ok(true) => {}
            Ok(false) => faults.push(format!("{name} {version} has the licence {licence:?}, not in deny.toml")),
            Err(error) => faults.push(format!("{name} {version}: {error}")),
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_exception_holds_for_its_crate_only() {
        let package = |name: &str, licence: Option<&str>| json!({"id": name, "name": name, "version": "1.0.0", "license": licence, "source": "registry+x"});
        let packages = [
            package("a", Some("MIT")),
            package("b", Some("MPL-2.0")),
            package("c", Some("MPL-2.0")),
            package("d", None),
        ];
        let workspace = Workspace::from_json(json!({"packages": packages, "workspace_members": []}));
        let policy = Policy {
            licences: vec!["MIT".to_owned()],
            exceptions: vec![("b".to_owned(), "MPL-2.0".to_owned())],
            ..Policy::default()
        };
        let faults = faults(&workspace, &policy);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(
            faults[0].starts_with("c 1.0.0 has the licence") && faults[1].starts_with("d 1.0.0 states no"),
            "{faults:?}"
        );
    }
}
