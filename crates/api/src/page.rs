//! Lists that are told page by page, and how a client follows them (`SPEC W2`).

use crate::client::{Client, Transport};
use crate::failure::Failure;
use crate::verb::{Verb, View as _};
use http::Uri;

/// How long a page is where a cursor is given and no `limit`.
pub const USUAL: u32 = 100;

/// How long a page is at most.
pub const MOST: u32 = 1000;

/// A request for a list that is told page by page.
pub trait Paged: Verb {
    /// At most so many items, if somebody said so.
    fn limit(&self) -> Option<u32>;
    /// The same request for so many items after a cursor.
    #[must_use]
    fn from(&self, cursor: Option<String>, limit: Option<u32>) -> Self;
    /// How many items are on a page.
    fn length(page: &Self::View) -> usize;
    /// Adds the page that follows; without one, a list that somebody wanted so much of is over.
    fn join(whole: &mut Self::View, more: Option<Self::View>);
}

/// Follows a list to where whoever asks wants it to end, whatever the length of a page is.
///
/// # Errors
/// Those of asking.
pub async fn follow<T: Transport, R: Paged>(client: &Client<T>, request: &R) -> Result<R::View, Failure> {
    let mut whole = client.call(request).await?;
    while let (Some(limit), Some(next)) = (request.limit(), whole.next().map(str::to_owned)) {
        let missing = (limit as usize).saturating_sub(R::length(&whole));
        if missing == 0 {
            break;
        }
        let missing = u32::try_from(missing).unwrap_or(MOST);
        let more = client.call(&request.from(Some(next), Some(missing))).await?;
        R::join(&mut whole, Some(more));
    }
    R::join(&mut whole, None);
    Ok(whole)
}

/// The address of the page that a cursor names, asked as the one before was.
///
/// # Errors
/// [`Failure::Bug`] when it cannot be written, which no address that was asked is.
pub fn address(asked: &Uri, cursor: &str) -> Result<String, Failure> {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_str(asked.query().unwrap_or_default()).map_err(Failure::bug)?;
    let others = pairs.into_iter().filter(|(name, _)| name != "cursor");
    let all: Vec<_> = others.chain([("cursor".to_owned(), cursor.to_owned())]).collect();
    let query = serde_html_form::to_string(all).map_err(Failure::bug)?;
    Ok(format!("{}?{query}", asked.path()))
}

/// Declares a list that is told page by page: which request asks for it, and which member of its view holds the items.
macro_rules! paged {
    ($request:ty => $view:ty: $items:ident) => {
        impl $crate::verb::View for $view {
            fn next(&self) -> Option<&str> {
                self.next.as_deref()
            }
        }

        impl $crate::page::Paged for $request {
            fn limit(&self) -> Option<u32> {
                self.limit
            }

            fn from(&self, cursor: Option<String>, limit: Option<u32>) -> Self {
                let mut page = self.clone();
                (page.cursor, page.limit) = (cursor, limit);
                page
            }

            fn length(page: &Self::View) -> usize {
                page.view.$items.len()
            }

            fn join(whole: &mut Self::View, more: Option<Self::View>) {
                whole.view.next = None;
                if let Some(more) = more {
                    whole.view.$items.extend(more.view.$items);
                    whole.view.next = more.view.next;
                }
            }
        }
    };
}

pub(crate) use paged;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_as_the_one_before() {
        let asked = "/api/v1/pipelines/-/log?limit=2&cursor=x&stage=U+A".parse().unwrap();
        assert_eq!(address(&asked, "y").unwrap(), "/api/v1/pipelines/-/log?limit=2&stage=U+A&cursor=y");
    }
}
