//! What the service is called on its pages, its picture, and the colour of its buttons and links.
//!
//! One colour is given; the others follow from it, for the light look and the dark one, so that every text made with them can
//! be read: 4.5 to 1 at least (WCAG 2.2, success criterion 1.4.3). A colour that cannot be read on the light look is refused
//! when it is set, with how far it falls short.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The least contrast of text.
pub const LEAST_CONTRAST: f64 = 4.5;
/// Longest name, in characters.
const LONGEST_NAME: usize = 40;

const WHITE: Colour = Colour([255, 255, 255]);
const BLACK: Colour = Colour([0, 0, 0]);
/// What lies behind text in the light look: cards, and the page itself, which is the darkest.
const LIGHT: [Colour; 2] = [WHITE, Colour([0xf4, 0xf6, 0xf7])];
/// The same in the dark look; raised fields are the lightest.
const DARK: [Colour; 3] = [Colour([0x10, 0x17, 0x1d]), Colour([0x18, 0x21, 0x2a]), Colour([0x20, 0x2b, 0x35])];

/// A colour of the sRGB space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The text is no colour such as `#0d6b6b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("accent must be a colour of six hex digits, such as #0d6b6b")]
pub struct NotAColour;

impl FromStr for Colour {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(NotAColour)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(NotAColour);
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| NotAColour)?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    /// Relative luminance, 0 to 1, as WCAG 2.2 defines it.
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast of two colours, 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// So many percent of the way to another colour.
    fn towards(self, other: Self, percent: u16) -> Self {
        let mixed = |from: u8, to: u8| {
            let sum = u16::from(from) * (100 - percent) + u16::from(to) * percent;
            u8::try_from(sum / 100).unwrap_or(u8::MAX)
        };
        let ([a, b, c], [x, y, z]) = (self.0, other.0);
        Self([mixed(a, x), mixed(b, y), mixed(c, z)])
    }

    fn least_contrast(self, others: &[Self]) -> f64 {
        others.iter().map(|other| self.contrast(*other)).fold(f64::INFINITY, f64::min)
    }

    /// The first step towards another colour that can be read on all of these.
    fn readable_on(self, others: &[Self], towards: Self) -> Self {
        let steps = (0..=100).map(|percent| self.towards(towards, percent));
        steps.into_iter().find(|step| step.least_contrast(others) >= LEAST_CONTRAST).unwrap_or(towards)
    }
}

/// The colours of one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Buttons, links, the focus.
    pub accent: Colour,
    /// Under the pointer, and on the tint.
    pub strong: Colour,
    /// Text on a button.
    pub ink: Colour,
    /// Behind notes and the menu's current entry.
    pub tint: Colour,
}

/// As an administrator sets it; kept as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Branding {
    /// At most 40 characters; empty: the product's.
    pub name: String,
    /// `#rrggbb`; empty: the product's colours.
    pub accent: String,
    /// A picture in Base64; empty: the product's.
    pub logo: String,
}

/// Largest picture, in bytes.
pub const LARGEST_LOGO: usize = 48 * 1024;

/// The media type of a picture, by its first bytes; `None` when it cannot be a logo. No kind that can hold script (SVG) is among them.
#[must_use]
pub fn logo_kind(content: &[u8]) -> Option<&'static str> {
    match content {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// What is wrong with a picture.
///
/// # Errors
/// As the end of a sentence that begins with its name.
pub fn check_logo(content: &[u8]) -> Result<(), String> {
    if content.len() > LARGEST_LOGO {
        return Err(format!("has more than {} KiB", LARGEST_LOGO / 1024));
    }
    logo_kind(content).map(|_| ()).ok_or_else(|| "is not a picture of the kinds PNG, JPEG and WebP".to_owned())
}

impl Branding {
    /// Everything that is wrong with it; empty when nothing is.
    #[must_use]
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.name.chars().count() > LONGEST_NAME || self.name.chars().any(char::is_control) {
            faults.push(format!("name must be at most {LONGEST_NAME} characters, none of them a control character"));
        }
        if self.accent.is_empty() {
            return faults;
        }
        match self.accent.parse::<Colour>() {
            Err(fault) => faults.push(fault.to_string()),
            Ok(colour) => {
                let contrast = colour.least_contrast(&LIGHT);
                if contrast < LEAST_CONTRAST {
                    let better = colour.readable_on(&LIGHT, BLACK);
                    faults.push(format!(
                        "accent {colour} has a contrast of {contrast:.1} to the page, less than {LEAST_CONTRAST}; {better} \
                         can be read"
                    ));
                }
            }
        }
        faults
    }

    /// The colours of the light look and of the dark one; `None` for the product's own.
    #[must_use]
    pub fn palettes(&self) -> Option<(Palette, Palette)> {
        let accent: Colour = self.accent.parse().ok()?;
        let tint = accent.towards(WHITE, 88);
        let behind = [LIGHT[0], LIGHT[1], tint];
        let light = Palette { accent, strong: accent.towards(BLACK, 25).readable_on(&behind, BLACK), ink: WHITE, tint };
        let accent = accent.readable_on(&DARK, WHITE);
        let tint = DARK[1].towards(accent, 15);
        let behind = [DARK[0], DARK[1], DARK[2], tint];
        let strong = accent.towards(WHITE, 25).readable_on(&behind, WHITE);
        let ink = DARK[0].readable_on(&[accent, strong], BLACK);
        Some((light, Palette { accent, strong, ink, tint }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accent(text: &str) -> Branding {
        Branding { accent: text.to_owned(), ..Branding::default() }
    }

    #[test]
    fn pictures_by_their_first_bytes() {
        for (content, kind) in [
            (&b"\x89PNG\r\n\x1a\nrest"[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", None),
            (b"<script>", None),
            (b"GIF89a", None),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"", None),
        ] {
            assert_eq!(logo_kind(content), kind, "{content:?}");
        }
        let mut large = b"\x89PNG\r\n\x1a\n".to_vec();
        large.resize(LARGEST_LOGO, 0);
        assert_eq!(check_logo(&large), Ok(()));
        large.push(0);
        assert!(check_logo(&large).is_err_and(|why| why.contains("48 KiB")));
    }

    #[test]
    fn contrasts_are_wcags() {
        for (a, b, wanted) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#FFFFFF", 4.54),
            ("#ff0000", "#ffffff", 4.0),
        ] {
            let contrast = a.parse::<Colour>().unwrap().contrast(b.parse().unwrap());
            assert!((contrast - wanted).abs() < 0.005, "{a} on {b}: {contrast}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_is_no_colour_is_refused() {
        for text in ["", "#0d6b6b", "#000000", "#A00000"] {
            assert_eq!(accent(text).faults(), Vec::<String>::new(), "{text}");
        }
        for text in ["#777777", "#ffffff", "#ffff00", "0d6b6b", "#fff", "red", "#12345g", "#\u{e4}1234"] {
            assert_eq!(accent(text).faults().len(), 1, "{text}");
        }
        let told = accent("#00c8c8").faults().remove(0);
        let better = told.split("; ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(accent(better).faults().is_empty(), "{told}");
        let name = |name: &str| Branding { name: name.to_owned(), ..Branding::default() }.faults().len();
        assert_eq!((name("Acme passwords"), name(&"x".repeat(41)), name("a\nb")), (0, 1, 1));
    }

    /// Every colour that is taken gives text that can be read, in both looks.
    #[test]
    fn all_texts_can_be_read() {
        let mut taken = 0;
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let branding = accent(&format!("#{red:02x}{green:02x}{blue:02x}"));
                    if !branding.faults().is_empty() {
                        continue;
                    }
                    taken += 1;
                    let (light, dark) = branding.palettes().unwrap();
                    for (palette, behind) in [(light, &LIGHT[..]), (dark, &DARK[..])] {
                        let what = format!("{} {palette:?}", branding.accent);
                        for text in [palette.accent, palette.strong] {
                            assert!(text.least_contrast(behind) >= LEAST_CONTRAST, "{what}");
                            assert!(palette.ink.contrast(text) >= LEAST_CONTRAST, "{what}");
                        }
                        assert!(palette.strong.contrast(palette.tint) >= LEAST_CONTRAST, "{what}");
                    }
                }
            }
        }
        assert!(taken > 500, "{taken}");
    }
}
