//! `texts`: parameters of the platform that are texts made of the action's own, such as a query with a place for the page.

use super::reader::Reader;
use super::rules::PagingTable;
use crate::pagination::PagingKind;
use crate::param::Param;
use crate::template::Template;
use serde_json::{Value, json};

/// Reads the texts, and notes which parameters stand in them alone.
pub(super) fn read(
    table: &Reader<'_>,
    paged: Option<&PagingTable>,
    params: &mut [Param],
) -> Vec<(String, Template)> {
    let mut texts = Vec::new();
    for (name, item) in table.entries_of("texts") {
        let Some(template) = item.parse(Template::parse) else {
            continue;
        };
        if template.constant().is_some() {
            item.fault("holds no parameter: a fixed text goes to `const` or `query`");
        }
        for name in template.names() {
            let Some(param) = params.iter_mut().find(|param| param.wire_name == name) else {
                // Where the parameters themselves cannot be read there is nothing to compare with.
                if !table.source.has_faults() {
                    item.fault(format!("`{{{name}}}` is no parameter of this action"));
                }
                continue;
            };
            param.woven = true;
            if param.made {
                param.default = paged.and_then(|paged| first(&paged.paging.kind));
            }
            if !param.required && param.default.is_none() {
                item.fault(format!(
                    "needs `{name}` in every call: it is required, or has a default"
                ));
            }
            let kind = param
                .schema
                .get("type")
                .and_then(Value::as_str)
                .unwrap_or_default();
            if matches!(kind, "array" | "object") || param.file {
                item.fault(format!("takes no `{name}`, which is neither a text nor a number"));
            }
        }
        texts.push((name, template));
    }
    texts
}

/// The cursor of the first page, where pages are counted.
fn first(kind: &PagingKind) -> Option<Value> {
    match kind {
        PagingKind::Page { start, .. } | PagingKind::Offset { start, .. } => Some(json!(start.to_string())),
        _ => None,
    }
}
