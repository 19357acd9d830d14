//! Reads JSON.
use super::document::Document;
use super::why::Why;
use switchback_core::filetype::Keys;
/// Reads.
pub(super) fn read<'a>(_text: &'a str, _keys: &Keys) -> Result<Document<'a>, Why> {
    Err(Why::unreadable("JSON".to_owned()))
}
