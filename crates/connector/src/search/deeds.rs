//! What is done: the few deeds that verbs come down to, in goals and in the titles of actions alike.

use super::words;
use crate::Kind;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A set of deeds, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Deeds(u8);

impl Deeds {
    pub(super) const CREATE: Self = Self(1);
    pub(super) const SEND: Self = Self(2);
    pub(super) const UPDATE: Self = Self(4);
    pub(super) const DELETE: Self = Self(8);
    pub(super) const LIST: Self = Self(16);
    pub(super) const GET: Self = Self(32);
    pub(super) const FIND: Self = Self(64);
    /// Those that change something.
    const WRITES: Self = Self(1 | 2 | 4 | 8);

    pub(super) const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Whether all of them change something, and whether none does.
    pub(super) const fn writes(self) -> Option<bool> {
        match (self.0 & Self::WRITES.0, self.0 & !Self::WRITES.0) {
            (0, 0) => None,
            (_, 0) => Some(true),
            (0, _) => Some(false),
            _ => None,
        }
    }

    /// The deeds that a verb, given as its stem, may stand for.
    pub(super) fn of(stem: &str) -> Self {
        static TABLE: LazyLock<HashMap<String, Deeds>> = LazyLock::new(table);
        TABLE.get(stem).copied().unwrap_or_default()
    }
}

const VERBS: [(Deeds, &str); 7] = [
    (
        Deeds::CREATE,
        "create add make new register insert start build generate open plan book draft enter file raise log record invite \
         set up upload attach order buy hire prepare",
    ),
    (
        Deeds::SEND,
        "send post say tell publish announce notify reply answer respond text email mail message dm call phone ring \
         forward write",
    ),
    (
        Deeds::UPDATE,
        "update edit change modify alter correct fix adjust set rename move replace mark assign close resolve complete \
         finish convert extend push reopen postpone reschedule hide approve merge tick",
    ),
    (
        Deeds::DELETE,
        "delete remove erase destroy drop discard trash bin cancel clear wipe revoke kick ban purge unsubscribe archive \
         void stop",
    ),
    (Deeds::LIST, "list browse enumerate count which"),
    (
        Deeds::GET,
        "get read fetch retrieve view display show see check download",
    ),
    (Deeds::FIND, "find search look lookup query locate filter"),
];

fn table() -> HashMap<String, Deeds> {
    let mut table: HashMap<String, Deeds> = HashMap::new();
    for (deed, verbs) in VERBS {
        for stem in verbs.split(' ').map(words::stem) {
            let deeds = table.entry(stem).or_default();
            *deeds = deeds.and(deed);
        }
    }
    table
}

/// Whether a goal asks for something or wants something changed; nothing where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Ask,
    Change,
    Unsaid,
}

/// What is left of a score where an action changes what was only asked for, or only reads what shall be changed.
const AGAINST_THE_WISH: f32 = 0.75;
/// What is left of a score where an action loses something and nothing was said of that.
const LOSES: f32 = 0.9;
/// What an action gains that does what the goal's verb says.
const SAME_DEED: f32 = 0.15;
/// What lists and searches gain where something is asked for.
const LISTS: f32 = 0.075;

/// How an action's kind and its title's verb agree with what a goal wants to be done.
pub(super) fn agreement(wish: Wish, wanted: Deeds, kind: Kind, title: Deeds) -> f32 {
    let against = match wish {
        Wish::Ask => kind != Kind::Read,
        Wish::Change => kind == Kind::Read,
        Wish::Unsaid => false,
    };
    let mut factor = if against { AGAINST_THE_WISH } else { 1.0 };
    if kind == Kind::Destructive && !wanted.meets(Deeds::DELETE) {
        factor *= LOSES;
    }
    if title.meets(wanted) {
        factor * (1.0 + SAME_DEED)
    } else if wish == Wish::Ask && title.meets(Deeds::LIST.and(Deeds::FIND)) {
        factor * (1.0 + LISTS)
    } else {
        factor
    }
}

#[cfg(test)]
mod tests {
    use super::{Deeds, Wish, agreement};
    use crate::Kind;

    #[test]
    fn a_verb_has_its_deeds_and_another_word_none() {
        assert!(Deeds::of("cancel").meets(Deeds::DELETE));
        assert!(Deeds::of("set").meets(Deeds::CREATE) && Deeds::of("set").meets(Deeds::UPDATE));
        assert!(Deeds::of("tabl").is_empty());
        assert_eq!(Deeds::of("delet").writes(), Some(true));
        assert_eq!(Deeds::of("find").writes(), Some(false));
        assert_eq!(Deeds::of("delet").and(Deeds::of("find")).writes(), None);
    }

    #[test]
    fn what_is_asked_for_is_read_and_nothing_is_lost_unsaid() {
        let asked = |kind| agreement(Wish::Ask, Deeds::default(), kind, Deeds::default());
        assert!(asked(Kind::Read) > asked(Kind::Write) && asked(Kind::Write) > asked(Kind::Destructive));
        let changed = |kind, wanted| agreement(Wish::Change, wanted, kind, Deeds::default());
        assert!(changed(Kind::Write, Deeds::UPDATE) > changed(Kind::Read, Deeds::UPDATE));
        assert!(changed(Kind::Write, Deeds::UPDATE) > changed(Kind::Destructive, Deeds::UPDATE));
        assert!(changed(Kind::Destructive, Deeds::DELETE) >= changed(Kind::Write, Deeds::DELETE));
    }
}
