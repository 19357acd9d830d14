//! A list, page by page (`SPEC W2`). A cursor names the last item that was told, and where a list only grows nothing is
//! told twice and nothing is left out, whatever comes meanwhile.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt::Display;
use std::str::FromStr;
use switchback_api::page::{MOST, USUAL};
use switchback_api::{Failure, Usage};

/// Between the name of a list and that of an item.
const OF: char = ':';

/// Where a page begins, and how long it is.
pub struct Page<K> {
    list: &'static str,
    after: Option<K>,
    limit: Option<usize>,
}

/// Which way a list is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// The newest, which has the highest key, comes first.
    NewestFirst,
    /// By its key.
    ByKey,
}

impl<K: FromStr + Display + Ord> Page<K> {
    /// The page of a list that somebody wants: all of it where they say neither how much nor where.
    ///
    /// # Errors
    /// `cursor-unknown` for what is no cursor of this list; `invalid-request` for a page of nothing.
    pub fn of(list: &'static str, limit: Option<u32>, cursor: Option<&str>) -> Result<Self, Failure> {
        if limit == Some(0) {
            return Err(Failure::invalid("a page has one item at least: `limit` is 0"));
        }
        let limit = limit.map(|limit| limit.min(MOST)).or(cursor.map(|_| USUAL));
        let after = cursor.map(|cursor| read(list, cursor).ok_or_else(|| unknown(cursor))).transpose()?;
        Ok(Self { list, after, limit: limit.map(|limit| limit as usize) })
    }

    /// The same, with so many items where nobody says how many.
    #[must_use]
    pub fn usually(self, limit: u32) -> Self {
        Self { limit: self.limit.or(Some(limit as usize)), ..self }
    }

    /// Where it begins: after this one.
    pub fn after(&self) -> Option<&K> {
        self.after.as_ref()
    }

    /// At most so many.
    pub fn limit(&self) -> Option<usize> {
        self.limit
    }

    /// What of a list is on it, and the cursor of the next one. No more is asked of the list than that takes.
    pub fn cut<T>(
        &self,
        items: impl IntoIterator<Item = T>,
        order: Order,
        key: impl Fn(&T) -> K,
    ) -> (Vec<T>, Option<String>) {
        let beyond = |item: &T| match (&self.after, order) {
            (None, _) => true,
            (Some(after), Order::NewestFirst) => key(item) < *after,
            (Some(after), Order::ByKey) => key(item) > *after,
        };
        let mut items = items.into_iter().filter(beyond);
        let Some(limit) = self.limit else { return (items.collect(), None) };
        let told: Vec<T> = items.by_ref().take(limit).collect();
        let last = told.last().filter(|_| items.next().is_some());
        let next = last.map(|last| written(self.list, &key(last)));
        (told, next)
    }
}

fn written(list: &str, key: &impl Display) -> String {
    URL_SAFE_NO_PAD.encode(format!("{list}{OF}{key}"))
}

fn read<K: FromStr>(list: &str, cursor: &str) -> Option<K> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    text.strip_prefix(list)?.strip_prefix(OF)?.parse().ok()
}

fn unknown(cursor: &str) -> Failure {
    let hint = "take `next` of the page before as it stands, or begin again without a cursor".to_owned();
    let usage = Usage::of("cursor-unknown", format!("`{cursor}` is no cursor of this list"));
    Failure::Usage(Usage { hint, ..usage })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: u32, cursor: Option<&str>) -> Page<u64> {
        Page::of("log", Some(limit), cursor).unwrap()
    }

    #[test]
    fn nothing_is_told_twice_and_nothing_left_out_while_a_list_grows() {
        let mut list: Vec<u64> = (1..=5).collect();
        let (mut told, mut cursor) = (Vec::new(), None);
        loop {
            let (items, next) = page(2, cursor.as_deref()).cut(list.iter().rev().copied(), Order::NewestFirst, |n| *n);
            told.extend(items);
            list.push(list.len() as u64 + 1);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(told, [5, 4, 3, 2, 1]);
        let (items, next) = page(5, None).cut(1..=5, Order::ByKey, |n| *n);
        assert_eq!((items.len(), next), (5, None), "a list that ends with its page goes nowhere");
    }

    #[test]
    fn no_more_is_asked_of_a_list_than_a_page_takes() {
        let looked = std::cell::Cell::new(0);
        let list = (1..).inspect(|_| looked.set(looked.get() + 1));
        let (items, next) = page(3, None).cut(list, Order::ByKey, |n| *n);
        assert_eq!((items, looked.get()), (vec![1, 2, 3], 4));
        assert!(next.is_some());
    }

    #[test]
    fn a_cursor_is_one_of_its_own_list() {
        let (_, next) = page(1, None).cut(1..=2, Order::ByKey, |n| *n);
        let next = next.unwrap();
        for (list, cursor) in [("jobs", next.as_str()), ("log", "7"), ("log", ""), ("log", "bG9nOng")] {
            let Err(Failure::Usage(usage)) = Page::<u64>::of(list, None, Some(cursor)) else {
                panic!("{list} {cursor}")
            };
            assert_eq!(usage.code, "cursor-unknown");
        }
        assert!(Page::<u64>::of("log", Some(0), None).is_err());
        assert_eq!(Page::<u64>::of("log", Some(MOST + 1), None).unwrap().limit(), Some(MOST as usize));
    }
}
