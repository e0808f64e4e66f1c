//! Whether what one of our parameters takes is something that the description takes.

use super::compare::{Comparison, DEPTH};
use super::shape::{Document, Shape};
use crate::action::BodyKind;
use crate::param::{ListStyle, Param, Place};

/// Whether a shape says that it takes a type.
fn takes(shape: &Shape<'_>, name: &str) -> bool {
    shape.implied_types().is_some_and(|types| types.contains(name))
}

impl<'s> Comparison<'_, 's> {
    /// Compares what a parameter takes with what the description takes for it.
    pub(super) fn fits(&mut self, param: &Param, name: &str, theirs: &Shape<'s>) {
        // A cursor in a query is text for every platform; files have forms of their own.
        if param.file || (param.made && param.place == Place::Query) || (param.made && param.number) {
            return;
        }
        let document = Document(&param.schema);
        let ours = document.shape(&param.schema);
        self.fit(
            name,
            (document, &ours),
            theirs,
            (self.is_text(param, &ours), DEPTH),
        );
    }

    /// Whether a value goes as text, so that a description that says text agrees.
    fn is_text(&self, param: &Param, ours: &Shape<'_>) -> bool {
        let array = takes(ours, "array");
        match param.place {
            Place::Body => {
                matches!(self.action.body, BodyKind::Form | BodyKind::Multipart) && !self.action.brackets
            }
            Place::Query => !array || param.list == ListStyle::Comma,
            Place::Path | Place::Header | Place::Cursor => true,
            Place::JsonHeader | Place::Session => false,
        }
    }

    /// What ours takes must be something that theirs takes.
    pub(super) fn fit(
        &mut self,
        name: &str,
        (document, ours): (Document<'_>, &Shape<'_>),
        theirs: &Shape<'s>,
        (text, depth): (bool, usize),
    ) {
        let theirs_document = self.description.document;
        let takes_text = takes(theirs, "string");
        // As text a single value is a list of one, and a list with commas is one text.
        if text && !takes_text && takes(theirs, "array") && !takes(ours, "array") && !theirs.items.is_empty()
        {
            let items = theirs_document.any(&theirs.items);
            return self.fit(name, (document, ours), &items, (true, depth));
        }
        let beyond = ours.types_beyond(theirs);
        let as_text = text && takes_text;
        if !beyond.is_empty() && !as_text {
            let taken = theirs
                .implied_types()
                .unwrap_or_default()
                .into_iter()
                .collect::<Vec<_>>()
                .join(", ");
            let what = format!(
                "`{name}` may be {}, the description takes {taken}",
                beyond.join(" or ")
            );
            return self.differ(format!("type.{name}"), what);
        }
        if let Some(value) = ours.values_beyond(theirs).first() {
            self.differ(
                format!("enum.{name}"),
                format!("`{name}` may be {value}, which the description does not list"),
            );
        }
        let Some(depth) = depth.checked_sub(1) else { return };
        if !ours.items.is_empty() && !theirs.items.is_empty() {
            let items = document.any(&ours.items);
            self.fit(
                name,
                (document, &items),
                &theirs_document.any(&theirs.items),
                (false, depth),
            );
        }
        if ours.properties.is_empty() || theirs.properties.is_empty() {
            return;
        }
        for (property, schemas) in &ours.properties {
            let inner = format!("{name}.{property}");
            if let Some(known) = theirs.properties.get(property) {
                let shape = document.any(schemas);
                self.fit(
                    &inner,
                    (document, &shape),
                    &theirs_document.any(known),
                    (false, depth),
                );
            } else if !theirs.open {
                self.differ(
                    format!("unknown.{inner}"),
                    format!("the description does not know `{inner}`"),
                );
            }
        }
        for property in theirs.required.difference(&ours.required) {
            let inner = format!("{name}.{property}");
            let what = format!("the description needs `{inner}`, which may be left out here");
            self.differ(format!("required.{inner}"), what);
        }
    }
}
