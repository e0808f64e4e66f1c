//! How platforms write texts inside of JSON: base64 in its two alphabets, and HTML.

use crate::html;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How a text is written for a platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// RFC 4648, 4, with padding.
    Base64,
    /// RFC 4648, 5, without padding.
    Base64Url,
}

/// The words of connector files.
pub(crate) const ENCODINGS: [(&str, Encoding); 2] =
    [("base64", Encoding::Base64), ("base64url", Encoding::Base64Url)];

/// How a text of a platform is made readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoding {
    /// Base64 of UTF-8.
    From(Encoding),
    /// The words of HTML.
    Html,
}

/// The words of connector files.
pub(crate) const DECODINGS: [(&str, Decoding); 3] = [
    ("base64", Decoding::From(Encoding::Base64)),
    ("base64url", Decoding::From(Encoding::Base64Url)),
    ("html", Decoding::Html),
];

const TOLERANT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

impl Encoding {
    const fn engine(self) -> GeneralPurpose {
        match self {
            Self::Base64 => GeneralPurpose::new(&STANDARD, TOLERANT),
            Self::Base64Url => GeneralPurpose::new(&URL_SAFE, TOLERANT.with_encode_padding(false)),
        }
    }

    /// Writes a text.
    pub(crate) fn write(self, text: &str) -> String {
        self.engine().encode(text)
    }
}

impl Decoding {
    /// Makes a text readable; nothing where it is not written so, or holds bytes that are no UTF-8. Line breaks within base64
    /// and its padding count for nothing.
    pub(crate) fn read(self, text: &str) -> Option<String> {
        match self {
            Self::From(encoding) => {
                let packed: String = text.split_ascii_whitespace().collect();
                let bytes = encoding.engine().decode(packed).ok()?;
                // A byte of zero is in no text, and in nearly every file that is none.
                let text = String::from_utf8(bytes).ok()?;
                (!text.contains('\0')).then_some(text)
            }
            Self::Html => Some(html::words(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Decoding, Encoding};
    use proptest::prelude::*;

    #[test]
    fn what_is_no_text_is_not_read() {
        let base64 = Decoding::From(Encoding::Base64);
        assert_eq!(base64.read("SGVs\nbG8=\n").as_deref(), Some("Hello"));
        assert_eq!(base64.read("SGVsbG8").as_deref(), Some("Hello"));
        assert_eq!(base64.read("8J-YgA"), None, "the other alphabet");
        assert_eq!(base64.read("//79"), None, "no UTF-8");
        assert_eq!(base64.read("AAAA"), None, "zeros");
        assert_eq!(base64.read("not base64!"), None);
        assert_eq!(
            Decoding::From(Encoding::Base64Url).read("8J-YgA==").as_deref(),
            Some("😀")
        );
        assert_eq!(Encoding::Base64.write("😀"), "8J+YgA==");
        assert_eq!(Encoding::Base64Url.write("😀"), "8J-YgA");
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_back(text in "[^\\x00]{0,40}") {
            for encoding in [Encoding::Base64, Encoding::Base64Url] {
                prop_assert_eq!(Decoding::From(encoding).read(&encoding.write(&text)), Some(text.clone()));
            }
        }
    }
}
