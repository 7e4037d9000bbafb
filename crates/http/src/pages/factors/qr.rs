//! A QR code as the path of an SVG.

use qrcode::{Color, EcLevel, QrCode};

/// Light modules around it (ISO/IEC 18004 section 6.3.8).
const QUIET: usize = 4;

/// A code of `size` by `size` modules, the quiet zone among them.
pub(super) struct Picture {
    pub(super) size: usize,
    pub(super) path: String,
}

/// `None` for a text that is too long for any code.
pub(super) fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                let (left, top, length) = (x + QUIET, y + QUIET, run.len());
                path.push_str(&format!("M{left} {top}h{length}v1h-{length}z"));
            }
            x += run.len();
        }
    }
    Some(Picture { size: width + 2 * QUIET, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The finder pattern of the first corner: seven dark, then light, as every reader looks for it.
    #[test]
    fn a_code_begins_with_its_finder() {
        let found = picture("otpauth://totp/acme:abby?secret=JBSWY3DPEHPK3PXP").unwrap();
        assert!(found.path.starts_with("M4 4h7v1h-7z"), "{}", found.path);
        assert_eq!(found.size % 4, 1, "a whole number of versions");
        assert!(picture(&"x".repeat(5000)).is_none());
    }
}
