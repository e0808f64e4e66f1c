//! What goes into a JSON body: where a parameter stands in it, and what has to be there.

use super::compare::Comparison;
use super::shape::Shape;
use crate::action::Idempotency;
use crate::param::{Param, Place};

/// What a description says of one place in a body.
#[derive(Debug)]
pub(super) enum Inside<'s> {
    /// It knows the place.
    Found(Shape<'s>),
    /// It lets anything stand there.
    Free,
    /// It knows other places only.
    Unknown,
}

impl<'s> Comparison<'_, 's> {
    /// The names that lead to a parameter in the body: those of a pointer, or the one name; first what wraps them.
    pub(super) fn way(&self, wire_name: &str) -> Vec<String> {
        let unescaped = |part: &str| part.replace("~1", "/").replace("~0", "~");
        let own: Vec<String> = match wire_name.strip_prefix('/') {
            Some(pointer) => pointer.split('/').map(unescaped).collect(),
            None => vec![wire_name.to_owned()],
        };
        self.action.wrap.iter().cloned().chain(own).collect()
    }

    /// Where named parameters without another place go: the body, or the header that stands for it.
    pub(super) fn json_place(&self) -> Place {
        let in_header = self.action.json_header.is_some();
        if in_header { Place::JsonHeader } else { Place::Body }
    }

    /// What the description says of a place in the body.
    pub(super) fn inside(&self, place: Place, way: &[String], body: Option<&Shape<'s>>) -> Inside<'s> {
        let Some(body) = body.filter(|_| place == self.json_place()) else {
            return Inside::Unknown;
        };
        let mut shape = body.clone();
        for name in way {
            match shape.properties.get(name.as_str()) {
                Some(schemas) => shape = self.description.document.any(schemas),
                None if shape.is_free() => return Inside::Free,
                None => return Inside::Unknown,
            }
        }
        Inside::Found(shape)
    }

    /// Everything that the description needs in the body must be sent.
    pub(super) fn needed(&mut self, shape: &Shape<'s>, above: &[&str], depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        for name in &shape.required {
            let way: Vec<&str> = above.iter().copied().chain([*name]).collect();
            match self.sent(&way) {
                Sent::Whole => {}
                Sent::InParts => {
                    let schemas = shape.properties.get(name).map(Vec::as_slice).unwrap_or_default();
                    self.needed(&self.description.document.any(schemas), &way, depth);
                }
                Sent::No => {
                    let name = way.join(".");
                    let what = format!("the description needs `{name}`, which may be left out here");
                    self.differ(format!("required.{name}"), what);
                }
            }
        }
    }

    /// Whether every call sends this place of the body.
    fn sent(&self, way: &[&str]) -> Sent {
        let (action, place) = (self.action, self.json_place());
        let always = |param: &&Param| param.place == place && (param.required || param.default.is_some());
        let params = action
            .sent()
            .filter(always)
            .map(|param| self.way(&param.wire_name));
        let fixed = action
            .fixed
            .keys()
            .filter(|_| action.fixed_place == place)
            .map(|name| self.way(name));
        let key = action
            .idempotency
            .iter()
            .filter_map(|idempotency| match idempotency {
                Idempotency::Body(name) => Some(self.way(name)),
                Idempotency::Header(_) | Idempotency::Query(_) => None,
            });
        let mut parts = false;
        for sent in params.chain(fixed).chain(key) {
            if sent == way {
                return Sent::Whole;
            }
            parts |= sent.len() > way.len() && sent.iter().zip(way).all(|(one, other)| one == other);
        }
        if parts { Sent::InParts } else { Sent::No }
    }
}

enum Sent {
    Whole,
    InParts,
    No,
}
