//! What a sealed record is, as text that the seal covers.

/// What a record is: a kind and the parts that name it. The same context must be given to open what was sealed.
/// It is authenticated and not stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context(Vec<u8>);

impl Context {
    /// The context of a kind of record, such as `credential`, and its parts in a fixed order.
    ///
    /// Each text is preceded by its length, so that no two lists of parts give the same bytes.
    pub fn new(kind: &str, parts: &[&str]) -> Self {
        let size = parts
            .iter()
            .fold(kind.len() + 8, |sum, part| sum + part.len() + 8);
        let mut bytes = Vec::with_capacity(size);
        for text in std::iter::once(&kind).chain(parts) {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        Self(bytes)
    }

    /// The bytes that the seal covers.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Context;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn different_lists_of_parts_never_give_the_same_context(
            left in proptest::collection::vec("[ab\0]{0,3}", 1..4),
            right in proptest::collection::vec("[ab\0]{0,3}", 1..4),
        ) {
            let context = |texts: &[String]| {
                let parts: Vec<&str> = texts[1..].iter().map(String::as_str).collect();
                Context::new(&texts[0], &parts)
            };
            prop_assert_eq!(context(&left) == context(&right), left == right);
        }
    }
}
