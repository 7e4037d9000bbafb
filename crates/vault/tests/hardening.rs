//! In a binary of its own: the settings hold for the whole process and cannot be taken back.

use passwright_vault::hardening::forbid_core_dumps;

#[test]
fn core_dumps_are_off() {
    forbid_core_dumps().unwrap();
    let limit = rustix::process::getrlimit(rustix::process::Resource::Core);
    assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    #[cfg(target_os = "linux")]
    assert_eq!(rustix::process::dumpable_behavior().unwrap(), rustix::process::DumpableBehavior::NotDumpable);
}
