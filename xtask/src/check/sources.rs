//! Packages come from the index named in `deny.toml`, never from a git address or another registry.

use super::policy::Policy;
use crate::workspace::Workspace;

pub(super) fn faults(workspace: &Workspace, policy: &Policy) -> Vec<String> {
    let known = |source: &str| {
        let index = source.strip_prefix("registry+").or_else(|| source.strip_prefix("sparse+"));
        index.is_some_and(|index| policy.registries.iter().any(|known| known == index))
    };
    let strangers = workspace.foreign().into_iter().filter_map(|package| Some((package.name(), package.source()?)));
    strangers.filter(|(_, source)| !known(source)).map(|(name, source)| format!("{name} comes from {source}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_named_index() {
        let package = |name: &str, source: Option<&str>| json!({"id": name, "name": name, "source": source});
        let packages = [
            package("own", None),
            package("a", Some("registry+https://example.org/index")),
            package("b", Some("git+https://example.org/b")),
            package("c", Some("registry+https://example.org/other")),
        ];
        let workspace = Workspace::from_json(json!({"packages": packages, "workspace_members": ["own"]}));
        let policy = Policy { registries: vec!["https://example.org/index".to_owned()], ..Policy::default() };
        let faults = faults(&workspace, &policy);
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
