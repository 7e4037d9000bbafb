//! JSON Patch (RFC 6902) over a small document: all six operations, applied together or not at all.

use serde_json::Value;

/// One step of a patch. Paths are JSON Pointers (RFC 6901).
#[derive(Debug, Clone, PartialEq)]
pub enum PatchOperation {
    Add { path: String, value: Value },
    Remove { path: String },
    Replace { path: String, value: Value },
    Move { from: String, path: String },
    Copy { from: String, path: String },
    Test { path: String, value: Value },
}

/// Why a patch does not apply; names the path, never a value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchFault {
    #[error("\"{0}\" is not a path of this object")]
    NoSuchPath(String),
    #[error("the value at \"{0}\" is not the tested one")]
    TestFailed(String),
    #[error("\"{0}\" cannot be moved into itself")]
    IntoItself(String),
}

/// Applies the steps in their order to a copy.
///
/// # Errors
/// The first step that does not apply.
pub fn patched(document: &Value, steps: &[PatchOperation]) -> Result<Value, PatchFault> {
    let mut document = document.clone();
    for step in steps {
        match step {
            PatchOperation::Add { path, value } => add(&mut document, path, value.clone())?,
            PatchOperation::Remove { path } => drop(remove(&mut document, path)?),
            PatchOperation::Replace { path, value } => *at_mut(&mut document, path)? = value.clone(),
            PatchOperation::Move { from, path } => {
                if path.strip_prefix(from.as_str()).is_some_and(|rest| rest.starts_with('/')) {
                    return Err(PatchFault::IntoItself(from.clone()));
                }
                let value = remove(&mut document, from)?;
                add(&mut document, path, value)?;
            }
            PatchOperation::Copy { from, path } => {
                let value = at_mut(&mut document, from)?.clone();
                add(&mut document, path, value)?;
            }
            PatchOperation::Test { path, value } => {
                if at_mut(&mut document, path)? != value {
                    return Err(PatchFault::TestFailed(path.clone()));
                }
            }
        }
    }
    Ok(document)
}

fn nowhere(path: &str) -> PatchFault {
    // A path is the caller's text: shown, so cut.
    PatchFault::NoSuchPath(path.chars().take(100).collect())
}

fn at_mut<'d>(document: &'d mut Value, path: &str) -> Result<&'d mut Value, PatchFault> {
    if !is_pointer(path) {
        return Err(nowhere(path));
    }
    document.pointer_mut(path).ok_or_else(|| nowhere(path))
}

/// What holds the last part of a path, and that part.
fn parent<'d>(document: &'d mut Value, path: &str) -> Result<(&'d mut Value, String), PatchFault> {
    let (holder, last) = path.rsplit_once('/').ok_or_else(|| nowhere(path))?;
    let last = last.replace("~1", "/").replace("~0", "~");
    Ok((at_mut(document, holder)?, last))
}

fn add(document: &mut Value, path: &str, value: Value) -> Result<(), PatchFault> {
    if path.is_empty() {
        *document = value;
        return Ok(());
    }
    if !is_pointer(path) {
        return Err(nowhere(path));
    }
    match parent(document, path)? {
        (Value::Object(members), name) => drop(members.insert(name, value)),
        (Value::Array(items), name) => {
            let at = if name == "-" { Some(items.len()) } else { index(&name) };
            let at = at.filter(|at| *at <= items.len()).ok_or_else(|| nowhere(path))?;
            items.insert(at, value);
        }
        _ => return Err(nowhere(path)),
    }
    Ok(())
}

fn remove(document: &mut Value, path: &str) -> Result<Value, PatchFault> {
    if !is_pointer(path) {
        return Err(nowhere(path));
    }
    match parent(document, path)? {
        (Value::Object(members), name) => members.remove(&name).ok_or_else(|| nowhere(path)),
        (Value::Array(items), name) => {
            let at = index(&name).filter(|at| *at < items.len()).ok_or_else(|| nowhere(path))?;
            Ok(items.remove(at))
        }
        _ => Err(nowhere(path)),
    }
}

/// Empty, or parts that each begin with `/`.
fn is_pointer(path: &str) -> bool {
    path.is_empty() || path.starts_with('/')
}

/// A place in an array: decimal without leading zeros (RFC 6901 section 4).
fn index(text: &str) -> Option<usize> {
    let plain = text == "0" || (!text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit()));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(op: &str, path: &str, value: Value) -> PatchOperation {
        let path = path.to_owned();
        match op {
            "add" => PatchOperation::Add { path, value },
            "remove" => PatchOperation::Remove { path },
            "replace" => PatchOperation::Replace { path, value },
            "move" => PatchOperation::Move { from: value.as_str().unwrap().to_owned(), path },
            "copy" => PatchOperation::Copy { from: value.as_str().unwrap().to_owned(), path },
            _ => PatchOperation::Test { path, value },
        }
    }

    /// Rows of RFC 6902 appendix A and more: document, operation, path, value or source, result.
    #[test]
    fn examples() {
        let nothing = || json!(null);
        let cases = [
            (json!({"foo":"bar"}), "add", "/baz", json!("qux"), Some(json!({"baz":"qux","foo":"bar"}))),
            (json!({"foo":["bar","baz"]}), "add", "/foo/1", json!("qux"), Some(json!({"foo":["bar","qux","baz"]}))),
            (json!({"foo":["bar"]}), "add", "/foo/-", json!(["abc"]), Some(json!({"foo":["bar",["abc"]]}))),
            (json!({"baz":"qux","foo":"bar"}), "remove", "/baz", nothing(), Some(json!({"foo":"bar"}))),
            (json!({"foo":["a","b","c"]}), "remove", "/foo/1", nothing(), Some(json!({"foo":["a","c"]}))),
            (json!({"baz":"qux"}), "replace", "/baz", json!("boo"), Some(json!({"baz":"boo"}))),
            (json!({"baz":"qux"}), "replace", "/baz", nothing(), Some(json!({"baz":null}))),
            (json!({"a":{"b":1},"c":{}}), "move", "/c/d", json!("/a/b"), Some(json!({"a":{},"c":{"d":1}}))),
            (json!({"a":[1,2,3]}), "move", "/a/2", json!("/a/0"), Some(json!({"a":[2,3,1]}))),
            (json!({"a":1}), "copy", "/b", json!("/a"), Some(json!({"a":1,"b":1}))),
            (json!({"baz":"qux"}), "test", "/baz", json!("qux"), Some(json!({"baz":"qux"}))),
            (json!({"a/b":1,"m~n":2}), "replace", "/a~1b", json!(3), Some(json!({"a/b":3,"m~n":2}))),
            (json!({"a/b":1,"m~n":2}), "add", "/m~0n", json!(3), Some(json!({"a/b":1,"m~n":3}))),
            (json!({"a":1}), "replace", "", json!({"b":2}), Some(json!({"b":2}))),
            (json!({"baz":"qux"}), "test", "/baz", json!("bar"), None),
            (json!({"foo":"bar"}), "add", "/baz/bat", json!("qux"), None),
            (json!({"foo":"bar"}), "replace", "/baz", json!("qux"), None),
            (json!({"foo":"bar"}), "remove", "/baz", nothing(), None),
            (json!({"foo":["bar"]}), "add", "/foo/2", json!(1), None),
            (json!({"foo":["bar"]}), "add", "/foo/00", json!(1), None),
            (json!({"foo":["bar"]}), "remove", "/foo/-", nothing(), None),
            (json!({"foo":["bar"]}), "remove", "/foo/1", nothing(), None),
            (json!({"foo":"bar"}), "add", "foo", json!(1), None),
            (json!({"foo":"bar"}), "remove", "", nothing(), None),
            (json!({"a":{"b":1}}), "move", "/a/b/c", json!("/a"), None),
            (json!({"a":1}), "copy", "/b", json!("/x"), None),
        ];
        for (document, op, path, value, wanted) in cases {
            let result = patched(&document, &[step(op, path, value)]);
            assert_eq!(result.ok(), wanted, "{op} {path}");
        }
    }

    #[test]
    fn all_or_nothing() {
        let document = json!({"a": 1});
        let steps = [step("add", "/b", json!(2)), step("test", "/a", json!(9))];
        assert_eq!(patched(&document, &steps), Err(PatchFault::TestFailed("/a".into())));
        assert_eq!(document, json!({"a": 1}));
    }
}
