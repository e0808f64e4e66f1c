//! `multipart/form-data` (RFC 7578).

use std::hash::{DefaultHasher, Hash, Hasher};

/// One part.
#[derive(Debug, Hash)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content: Vec<u8>,
}

impl Part {
    pub(super) fn field(name: String, value: String) -> Self {
        Self {
            name,
            file_name: None,
            media_type: None,
            content: value.into_bytes(),
        }
    }
}

/// A boundary that no part holds. It is made of the parts, so that the same call gives the same bytes.
pub(super) fn boundary(parts: &[Part]) -> String {
    let mut salt = 0_u64;
    loop {
        let mut hasher = DefaultHasher::new();
        (parts, salt).hash(&mut hasher);
        let boundary = format!("part-{:016x}{:016x}", hasher.finish(), salt);
        let line = boundary.as_bytes();
        let held = |part: &Part| part.content.windows(line.len()).any(|window| window == line);
        if !parts.iter().any(held) {
            return boundary;
        }
        salt += 1;
    }
}

/// The body.
pub(super) fn write(parts: &[Part], boundary: &str) -> Vec<u8> {
    let mut out = Vec::new();
    for part in parts {
        let mut head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(&part.name)
        );
        if let Some(name) = &part.file_name {
            head = format!("{head}; filename=\"{}\"", quoted(name));
        }
        if let Some(kind) = &part.media_type {
            head = format!("{head}\r\nContent-Type: {kind}");
        }
        head.push_str("\r\n\r\n");
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(&part.content);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}

/// A name between quotes, as browsers write it: nothing in it can end the quotes or the line.
fn quoted(text: &str) -> String {
    let control = |letter: char| letter.is_control() && letter != '\r' && letter != '\n';
    text.replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace(control, "")
}

#[cfg(test)]
mod tests {
    use super::{Part, boundary, write};

    #[test]
    fn names_cannot_break_out_of_their_line() {
        let parts = [Part {
            name: "a\"\r\nX: 1".to_owned(),
            file_name: Some("b\".txt".to_owned()),
            media_type: Some("text/plain".to_owned()),
            content: b"c".to_vec(),
        }];
        let text = String::from_utf8(write(&parts, "B")).unwrap();
        insta::assert_snapshot!(text.replace("\r\n", "<CRLF>\n"));
    }

    #[test]
    fn the_boundary_is_in_no_part_and_the_same_for_the_same_parts() {
        let plain = boundary(&[Part::field("a".into(), "b".into())]);
        assert_eq!(plain, boundary(&[Part::field("a".into(), "b".into())]));
        let holding = [Part::field("a".into(), plain.clone())];
        assert_ne!(boundary(&holding), plain);
    }
}
