//! `multipart/form-data` (RFC 7578).

use super::body::Written;
use crate::file::Content;
use std::hash::{DefaultHasher, Hash, Hasher};

/// One part.
#[derive(Debug, Hash)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) file_name: Option<String>,
    pub(super) media_type: Option<String>,
    pub(super) content: Content,
}

impl Part {
    pub(super) fn field(name: String, value: String) -> Self {
        Self {
            name,
            file_name: None,
            media_type: None,
            content: Content::Here(value.into_bytes()),
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
        let held = |part: &Part| match &part.content {
            Content::Here(bytes) => bytes.windows(line.len()).any(|window| window == line),
            Content::Coming => false,
        };
        if !parts.iter().any(held) {
            return boundary;
        }
        salt += 1;
    }
}

/// The body, in two where a part's content comes.
pub(super) fn write(parts: &[Part], boundary: &str) -> Written {
    let mut out = Vec::new();
    let mut head = None;
    for part in parts {
        let mut line = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"",
            quoted(&part.name)
        );
        if let Some(name) = &part.file_name {
            line = format!("{line}; filename=\"{}\"", quoted(name));
        }
        if let Some(kind) = &part.media_type {
            line = format!("{line}\r\nContent-Type: {kind}");
        }
        line.push_str("\r\n\r\n");
        out.extend_from_slice(line.as_bytes());
        match &part.content {
            Content::Here(bytes) => out.extend_from_slice(bytes),
            Content::Coming => head = Some(std::mem::take(&mut out)),
        }
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    match head {
        Some(head) => Written {
            head,
            tail: Some(out),
        },
        None => out.into(),
    }
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
    use crate::file::Content;

    #[test]
    fn names_cannot_break_out_of_their_line() {
        let parts = [Part {
            name: "a\"\r\nX: 1".to_owned(),
            file_name: Some("b\".txt".to_owned()),
            media_type: Some("text/plain".to_owned()),
            content: Content::Here(b"c".to_vec()),
        }];
        let text = String::from_utf8(write(&parts, "B").head).unwrap();
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
