//! Pages of lists.

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// How many at most: 1 to [`Page::MOST`].
    pub limit: u32,
    /// How many are passed over.
    pub offset: u64,
}

impl Page {
    /// The largest page, and the one that is given where none is asked for.
    pub const MOST: u32 = 1_000;
}

impl Default for Page {
    fn default() -> Self {
        Self {
            limit: Self::MOST,
            offset: 0,
        }
    }
}

/// A page of a list, with the length of the whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paged<T> {
    /// The items of this page.
    pub items: Vec<T>,
    /// How many the whole list has.
    pub total: u64,
    /// The page that was asked for.
    pub page: Page,
}

impl<T> Paged<T> {
    /// Whether items follow this page.
    pub fn has_more(&self) -> bool {
        self.page.offset.saturating_add(self.items.len() as u64) < self.total
    }

    /// The same page of other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Paged<U> {
        Paged {
            items: self.items.into_iter().map(change).collect(),
            total: self.total,
            page: self.page,
        }
    }
}
