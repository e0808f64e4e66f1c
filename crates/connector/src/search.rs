//! Finding the actions that serve a goal told in a plain sentence: BM25 over what connector files say.
//!
//! A ranking of our own, for three reasons. The texts are short and of unlike worth (a title says more than a
//! parameter's name), so each field has a weight, and a synonym counts once and for less. People say where, when and for
//! whom beside what they want, so a goal is read before its words are looked up: which platform it names, whether it asks
//! or changes, what its turns of speech mean. And a caller may see a part of the actions only: what is not allowed is
//! skipped while the ranking is read from the top, so that neither a full sort nor a check of every action is paid for.

mod beside;
mod deeds;
mod fields;
mod goal;
mod names;
mod phrases;
mod synonyms;
#[cfg(test)]
mod tests;
mod words;

use crate::{ActionSummary, Kind, Summary};
use deeds::Deeds;
use goal::Goal;
use names::{Named, Names, Naming};
use solder_model::ConnectorId;
use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap};

/// How quickly a repeated word stops to count.
const SATURATION: f32 = 2.1;
/// How much a long text is held against an action, from 0 to 1. Low: a longer text here is a fuller one.
const LENGTH: f32 = 0.35;
/// What a synonym counts where the word itself counts 1.
const SYNONYM: f32 = 0.5;
/// What an action gains where the caller is connected to its platform and the goal names none.
const CONNECTED: f32 = 0.5;
/// What each word of a phrase adds to a score, where the goal holds the whole phrase.
const PHRASE_WORD: f32 = 0.12;
/// So many of the best are looked at for phrases.
const LOOKED_AT: usize = 40;

/// An action that may serve the goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The connector.
    pub connector: ConnectorId,
    /// The action's id.
    pub action: String,
    /// How well it matches: greater is better. Comparable within one search only.
    pub score: f32,
}

/// Every action of a set of connectors, ready to be searched. Made once and read by many.
#[derive(Debug, Default)]
pub struct Index {
    names: Names,
    actions: Vec<Listed>,
    /// The number of each stem, which is its place in `terms`.
    numbers: HashMap<String, u32>,
    terms: Vec<Term>,
    /// What the texts of all actions count together.
    length: f32,
}

/// A stem, and where it stands.
#[derive(Debug, Default)]
struct Term {
    /// Its inverse document frequency.
    rarity: f32,
    /// The actions that hold it, and how much it counts in each.
    holders: Vec<(u32, f32)>,
}

#[derive(Debug)]
struct Listed {
    connector: usize,
    id: Box<str>,
    kind: Kind,
    /// What the verb of its title says.
    deeds: Deeds,
    /// The numbers of the stems of its phrases, [`fields::END`] after each.
    phrases: Box<[u32]>,
}

impl Index {
    /// Reads the texts of all actions of these connectors.
    pub fn new<'a>(connectors: impl IntoIterator<Item = &'a Summary>) -> Self {
        Self::read(connectors, &Self::default())
    }

    /// Reads the texts, and weighs each word by how rare it is here and in `world` together.
    fn read<'a>(connectors: impl IntoIterator<Item = &'a Summary>, world: &Self) -> Self {
        let mut index = Self::default();
        let mut words = words::Numbered::default();
        let mut lengths = Vec::new();
        for connector in connectors {
            let common = fields::Common::new(connector, &mut words);
            for action in &connector.actions {
                let counts = common.count(action, &mut words);
                lengths.push(counts.iter().map(|(_, count)| count).sum::<f32>());
                index.add(action, &counts, &mut words);
            }
            index.names.add(Named::new(connector));
        }
        index.terms.resize_with(words.len(), Term::default);
        index.numbers = words.into_numbers();
        index.weigh(&lengths, world);
        let Self {
            names,
            terms,
            numbers,
            actions,
            ..
        } = &mut index;
        names.tell_common(|stem| {
            let holders = numbers.get(stem).and_then(|number| terms.get(*number as usize));
            let holders = holders.into_iter().flat_map(|term| &term.holders);
            holders.filter_map(|(action, _)| Some(actions.get(*action as usize)?.connector))
        });
        index
    }

    /// How many actions can be found.
    pub fn len(&self) -> usize {
        self.actions.len()
    }

    /// Whether there is nothing to find.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// The best `limit` actions for a goal among those that `allowed` (connector id, action id) lets through, best
    /// first; equal ones in the order of their ids. None where no word of the goal is known.
    pub fn search(&self, goal: &str, allowed: impl Fn(&str, &str) -> bool, limit: usize) -> Vec<Hit> {
        self.search_for(goal, allowed, |_| false, limit)
    }

    /// The same for somebody who is connected to the platforms that `connected` tells: where the goal
    /// names no platform, those are more likely meant.
    pub fn search_for(
        &self,
        goal: &str,
        allowed: impl Fn(&str, &str) -> bool,
        connected: impl Fn(&ConnectorId) -> bool,
        limit: usize,
    ) -> Vec<Hit> {
        let goal = Goal::read(goal);
        let mut ranked = self.rank(&goal, connected);
        let mut best = Vec::new();
        while best.len() < limit.max(LOOKED_AT) {
            let Some(candidate) = ranked.pop() else { break };
            if allowed(candidate.connector.as_str(), &candidate.action.id) {
                best.push(candidate);
            }
        }
        let mut numbers: Vec<u32> = goal
            .stems
            .iter()
            .filter_map(|stem| self.numbers.get(stem).copied())
            .collect();
        numbers.sort_unstable();
        for candidate in &mut best {
            candidate.score *= candidate.action.phrase_factor(&numbers);
        }
        best.sort_by(|one, other| other.cmp(one));
        best.truncate(limit);
        best.into_iter().map(Candidate::into_hit).collect()
    }

    /// Notes an action of the connector that is being read.
    fn add(&mut self, action: &ActionSummary, counts: &[(u32, f32)], words: &mut words::Numbered) {
        let number = u32::try_from(self.actions.len()).unwrap_or(u32::MAX);
        let phrases = fields::phrases(action, words);
        self.terms.resize_with(words.len(), Term::default);
        for (stem, count) in counts {
            if let Some(term) = self.terms.get_mut(*stem as usize) {
                term.holders.push((number, *count));
            }
        }
        self.actions.push(Listed {
            connector: self.names.len(),
            id: action.id.as_str().into(),
            kind: action.kind,
            deeds: words::first_stem(&action.title).map_or_else(Deeds::default, |stem| Deeds::of(&stem)),
            phrases,
        });
    }

    /// Turns counts into BM25 weights, once all actions are known.
    #[expect(clippy::cast_precision_loss, reason = "counts of actions are far below 2^23")]
    fn weigh(&mut self, lengths: &[f32], world: &Self) {
        self.length = lengths.iter().sum();
        let total = (lengths.len() + world.actions.len()).max(1) as f32;
        let mean = ((self.length + world.length) / total).max(f32::MIN_POSITIVE);
        let mut elsewhere = vec![0; self.terms.len()];
        for (stem, number) in &self.numbers {
            if let Some(count) = elsewhere.get_mut(*number as usize) {
                *count = world.term(stem).map_or(0, |term| term.holders.len());
            }
        }
        for (term, elsewhere) in self.terms.iter_mut().zip(elsewhere) {
            let holders = (term.holders.len() + elsewhere) as f32;
            term.holders.shrink_to_fit();
            term.rarity = (1.0 + (total - holders + 0.5) / (holders + 0.5)).ln();
            for (number, weight) in &mut term.holders {
                let length = lengths.get(*number as usize).copied().unwrap_or(mean);
                let damping = SATURATION * (1.0 - LENGTH + LENGTH * length / mean);
                *weight = *weight * (SATURATION + 1.0) / (*weight + damping);
            }
        }
    }

    fn term(&self, stem: &str) -> Option<&Term> {
        self.terms.get(*self.numbers.get(stem)? as usize)
    }

    /// Every action that shares a word with the goal, or is of a platform that the goal names.
    fn rank(&self, goal: &Goal, connected: impl Fn(&ConnectorId) -> bool) -> BinaryHeap<Candidate<'_>> {
        let naming = self.names.said_in(goal);
        let mut scores = Scores::new(self.actions.len());
        for (stem, worth) in goal.terms(&naming.stems, |stem| self.names.has(stem)) {
            self.score(stem, worth, &mut scores);
        }
        let favoured = self.favoured(&naming, connected);
        let scored = self.actions.iter().zip(scores.sums);
        let candidates = scored.filter_map(|(action, score)| {
            let (gain, factor) = favoured.get(action.connector).copied()?;
            let score = (score + gain) * factor;
            if score <= 0.0 {
                return None;
            }
            Some(Candidate {
                score: score * deeds::agreement(goal.wish, goal.deeds, action.kind, action.deeds),
                connector: self.names.id(action.connector)?,
                action,
            })
        });
        candidates.collect()
    }

    /// What is added to the score of an action, and what the sum is multiplied by, for each connector.
    fn favoured(&self, naming: &Naming<'_>, connected: impl Fn(&ConnectorId) -> bool) -> Vec<(f32, f32)> {
        let each = self.names.ids().enumerate().map(|(place, id)| {
            let (gain, factor) = naming.favour(place);
            let near = !naming.is_sure() && connected(id);
            (gain, if near { factor * (1.0 + CONNECTED) } else { factor })
        });
        each.collect()
    }

    /// Adds what one word of the goal gives to each action: its own weight there, or the best of its synonyms'. A rare
    /// synonym says no more than the word that it stands for.
    fn score(&self, stem: &str, counts: f32, scores: &mut Scores) {
        let own = self.term(stem);
        let ceiling = own.map_or(f32::INFINITY, |term| term.rarity);
        let others = synonyms::of(stem).iter().filter_map(|other| self.term(other));
        let terms = own
            .map(|term| (term, 1.0))
            .into_iter()
            .chain(others.map(|term| (term, SYNONYM)));
        for (term, worth) in terms {
            let worth = counts * worth * term.rarity.min(ceiling);
            for (number, weight) in &term.holders {
                scores.offer(*number, weight * worth);
            }
        }
        scores.settle();
    }
}

/// Sums of the best offer for each word, by action.
struct Scores {
    sums: Vec<f32>,
    best: Vec<f32>,
    touched: Vec<u32>,
}

impl Scores {
    fn new(actions: usize) -> Self {
        Self {
            sums: vec![0.0; actions],
            best: vec![0.0; actions],
            touched: Vec::new(),
        }
    }

    fn offer(&mut self, action: u32, score: f32) {
        let Some(best) = self.best.get_mut(action as usize) else {
            return;
        };
        if *best == 0.0 {
            self.touched.push(action);
        }
        *best = best.max(score);
    }

    fn settle(&mut self) {
        for action in self.touched.drain(..) {
            let pair = self
                .sums
                .get_mut(action as usize)
                .zip(self.best.get_mut(action as usize));
            if let Some((sum, best)) = pair {
                *sum += std::mem::take(best);
            }
        }
    }
}

impl Listed {
    /// More than 1 where the goal, a sorted list, holds one of the phrases whole; the longest counts.
    #[expect(clippy::cast_precision_loss, reason = "phrases have few words")]
    fn phrase_factor(&self, goal: &[u32]) -> f32 {
        let held = self
            .phrases
            .split(|word| *word == fields::END)
            .filter(|phrase| phrase.iter().all(|word| goal.binary_search(word).is_ok()));
        let longest = held.map(<[u32]>::len).max().unwrap_or(0);
        1.0 + PHRASE_WORD * longest.min(5) as f32
    }
}

struct Candidate<'a> {
    score: f32,
    connector: &'a ConnectorId,
    action: &'a Listed,
}

impl Candidate<'_> {
    fn into_hit(self) -> Hit {
        Hit {
            connector: self.connector.clone(),
            action: self.action.id.to_string(),
            score: self.score,
        }
    }
}

impl Ord for Candidate<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_id = || (other.connector, &other.action.id).cmp(&(self.connector, &self.action.id));
        self.score.total_cmp(&other.score).then_with(by_id)
    }
}

impl PartialOrd for Candidate<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate<'_> {}
