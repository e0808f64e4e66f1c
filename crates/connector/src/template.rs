//! Text with `{name}` in it: the only substitution that connector files know.

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Text that stands as it is.
    Text(Box<str>),
    /// A name to be replaced; `slashes` where it was written `{+name}`.
    Name { name: Box<str>, slashes: bool },
}

/// A template, cut into its pieces once.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

impl Template {
    /// Reads a template. A brace that opens or closes nothing is a fault, told as a sentence.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            push_text(&mut pieces, before)?;
            let (inside, behind) = after
                .split_once('}')
                .ok_or_else(|| format!("`{text}` opens a `{{` that nothing closes"))?;
            let (name, slashes) = match inside.strip_prefix('+') {
                Some(name) => (name, true),
                None => (inside, false),
            };
            if name.is_empty() || !name.bytes().all(is_name_byte) {
                return Err(format!(
                    "`{{{inside}}}` is not a name in braces, such as `{{owner}}`"
                ));
            }
            pieces.push(Piece::Name {
                name: name.into(),
                slashes,
            });
            rest = behind;
        }
        push_text(&mut pieces, rest)?;
        Ok(Self { pieces })
    }

    /// The names, in order, as often as they stand.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Name { name, .. } => Some(name.as_ref()),
            Piece::Text(_) => None,
        })
    }

    /// The text, where there is nothing to replace.
    pub(crate) fn constant(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// Whether it begins with a name.
    pub(crate) fn begins_with_name(&self) -> bool {
        matches!(self.pieces.first(), Some(Piece::Name { .. }))
    }

    /// The template with every name replaced by what `find` gives, as it is. `Err` is the first unknown name.
    pub(crate) fn render<'v>(
        &self,
        find: impl Fn(&str) -> Option<std::borrow::Cow<'v, str>>,
    ) -> Result<String, String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Name { name, .. } => {
                    text.push_str(&find(name).ok_or_else(|| name.as_ref().to_owned())?);
                }
            }
        }
        Ok(text)
    }
}

/// The template as it was written.
impl std::fmt::Display for Template {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => formatter.write_str(text)?,
                Piece::Name { name, slashes: true } => write!(formatter, "{{+{name}}}")?,
                Piece::Name { name, .. } => write!(formatter, "{{{name}}}")?,
            }
        }
        Ok(())
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn push_text(pieces: &mut Vec<Piece>, text: &str) -> Result<(), String> {
    if text.contains('}') {
        return Err(format!("`{text}` closes a `}}` that nothing opens"));
    }
    if !text.is_empty() {
        pieces.push(Piece::Text(text.into()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Piece, Template};
    use proptest::prelude::*;

    #[test]
    fn names_and_text_are_told_apart() {
        let template = Template::parse("/repos/{owner}/{+path}").unwrap();
        assert_eq!(template.names().collect::<Vec<_>>(), ["owner", "path"]);
        assert!(matches!(&template.pieces[3], Piece::Name { slashes: true, .. }));
        assert_eq!(Template::parse("plain").unwrap().constant(), Some("plain"));
        assert_eq!(Template::parse("").unwrap().constant(), Some(""));
        for bad in ["{", "}", "{}", "{+}", "{a b}", "a}b{c}", "{a", "{{a}}"] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_a_name_is_replaced_by_is_never_read_again(value in "\\PC*") {
            let template = Template::parse("a{x}b").unwrap();
            let text = template.render(|_| Some(value.as_str().into())).unwrap();
            prop_assert_eq!(text, format!("a{value}b"));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a{}+/ ]{0,12}") {
            if let Ok(template) = Template::parse(&text) {
                let back = template.render(|name| Some(format!("{{{name}}}").into())).unwrap();
                prop_assert_eq!(back, text.replace("{+", "{"));
                prop_assert_eq!(template.to_string(), text);
            }
        }
    }
}
