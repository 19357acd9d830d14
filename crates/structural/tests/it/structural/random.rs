//! Random documents with random edits on both sides, judged by what is known of the edits.

use super::{plain_keys, with_keys};
use crate::tries::tries;
use proptest::prelude::*;
use proptest::sample::Index;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use switchback_core::content::Soundness;
use switchback_core::content::filetype::Format;
use switchback_structural::{Kind, Texts, check, merge, soundness};

/// Fields by name.
type Item = BTreeMap<u8, u8>;
/// Lists of items by their number.
type Model = Vec<Vec<(u8, Item)>>;

#[derive(Clone, Debug)]
enum Edit {
    Set(Index, Index, u8, u8),
    Unset(Index, Index, u8),
    Delete(Index, Index),
    Add(Index, Index, u8, Item),
    Swap(Index, Index, Index),
}

fn item() -> impl Strategy<Value = Item> {
    prop::collection::btree_map(0..4_u8, 0..3_u8, 0..4)
}

fn model() -> impl Strategy<Value = Model> {
    let list = prop::collection::btree_map(0..12_u8, item(), 0..6).prop_map(|items| items.into_iter().collect());
    prop::collection::vec(list, 2)
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<Index>;
    let edit = prop_oneof![
        4 => (at(), at(), 0..4_u8, 0..4_u8).prop_map(|(list, item, field, value)| Edit::Set(list, item, field, value)),
        1 => (at(), at(), 0..4_u8).prop_map(|(list, item, field)| Edit::Unset(list, item, field)),
        2 => (at(), at()).prop_map(|(list, item)| Edit::Delete(list, item)),
        3 => (at(), at(), 0..24_u8, item()).prop_map(|(list, item, id, fields)| Edit::Add(list, item, id, fields)),
    ];
    prop::collection::vec(edit, 0..5)
}

fn swaps() -> impl Strategy<Value = Vec<Edit>> {
    let at = any::<Index>;
    let swap = (at(), at(), at()).prop_map(|(list, one, other)| Edit::Swap(list, one, other));
    prop::collection::vec(swap, 0..3)
}

fn edited(model: &Model, edits: &[Edit]) -> Model {
    let mut model = model.clone();
    for edit in edits {
        match edit {
            Edit::Add(list, before, id, fields) => {
                let list = list.get_mut(&mut model[..]);
                if list.iter().all(|(one, _)| one != id) {
                    list.insert(before.index(list.len() + 1), (*id, fields.clone()));
                }
            }
            Edit::Set(list, ..) | Edit::Unset(list, ..) | Edit::Delete(list, ..) | Edit::Swap(list, ..)
                if list.get(&model[..]).is_empty() => {}
            Edit::Set(list, item, field, value) => {
                item.get_mut(&mut list.get_mut(&mut model[..])[..]).1.insert(*field, *value);
            }
            Edit::Unset(list, item, field) => drop(item.get_mut(&mut list.get_mut(&mut model[..])[..]).1.remove(field)),
            Edit::Delete(list, item) => {
                let list = list.get_mut(&mut model[..]);
                list.remove(item.index(list.len()));
            }
            Edit::Swap(list, one, other) => {
                let list = list.get_mut(&mut model[..]);
                let count = list.len();
                list.swap(one.index(count), other.index(count));
            }
        }
    }
    model
}

fn as_xml(model: &Model) -> String {
    let mut text = "<?xml version=\"1.0\"?>\n<!-- head -->\n<root>\n".to_owned();
    for (at, list) in model.iter().enumerate() {
        writeln!(text, "  <list{at}>").unwrap();
        for (id, fields) in list {
            writeln!(text, "    <!-- item {id} -->\n    <item>\n      <id>{id}</id>").unwrap();
            for (field, value) in fields {
                writeln!(text, "      <f{field}>{value}</f{field}>").unwrap();
            }
            text.push_str("    </item>\n");
        }
        writeln!(text, "  </list{at}>").unwrap();
    }
    text + "</root>\n"
}

fn as_json(model: &Model) -> String {
    let lists = model.iter().enumerate().map(|(at, list)| {
        let items = list.iter().map(|(id, fields)| {
            let fields = fields.iter().map(|(field, value)| format!(",\n      \"f{field}\": {value}"));
            format!("\n    {{\n      \"id\": {id}{}\n    }}", fields.collect::<String>())
        });
        format!("\n  \"list{at}\": [{}\n  ]", items.collect::<Vec<_>>().join(","))
    });
    format!("{{{}\n}}\n", lists.collect::<Vec<_>>().join(","))
}

fn texts(format: Format, models: [&Model; 3]) -> [String; 3] {
    models.map(if format == Format::Xml { as_xml } else { as_json })
}

/// What the merge must hold, item by item; `None` where the sides disagree.
fn truth(models: [&Model; 3]) -> Option<BTreeSet<String>> {
    let [base, ours, theirs] = models;
    let (mut all, mut gone, mut there) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
    for at in 0..base.len() {
        let [base, ours, theirs] =
            [base, ours, theirs].map(|model| model[at].iter().cloned().collect::<BTreeMap<_, _>>());
        let ids: BTreeSet<u8> = ours.keys().chain(theirs.keys()).copied().collect();
        gone.extend(base.keys().filter(|id| !ids.contains(id)).copied());
        for id in ids {
            let item = match (base.get(&id), ours.get(&id), theirs.get(&id)) {
                (base, Some(ours), Some(theirs)) => Some(truth_of_item(base, ours, theirs)?),
                (None, Some(added), None) | (None, None, Some(added)) => Some(added.clone()),
                (Some(base), Some(left), None) | (Some(base), None, Some(left)) if base == left => None,
                _ => return None,
            };
            there.extend(item.is_some().then_some(id));
            all.extend(item.map(|fields| format!("{at} {id} {fields:?}")));
        }
    }
    gone.iter().all(|id| is_where_somebody_wants_it(models, *id, &there)).then_some(all)
}

/// An item that neither side has where it was: what one moved and the other deleted comes back against somebody's will,
/// and what both moved to different places would be there twice.
fn is_where_somebody_wants_it(models: [&Model; 3], id: u8, there: &[u8]) -> bool {
    let count = |model: &Model| model.iter().flatten().filter(|(one, _)| *one == id).count();
    let [base, ours, theirs] = models.map(count);
    let found = there.iter().filter(|one| **one == id).count();
    let wanted = match () {
        () if ours == theirs || base == theirs => ours,
        () if base == ours => theirs,
        () => 0,
    };
    found <= wanted
}

fn truth_of_item(base: Option<&Item>, ours: &Item, theirs: &Item) -> Option<Item> {
    let mut item = Item::new();
    for field in 0..8 {
        let base = base.and_then(|base| base.get(&field));
        let (ours, theirs) = (ours.get(&field), theirs.get(&field));
        let value = match () {
            () if ours == theirs || base == theirs => ours,
            () if base == ours => theirs,
            () => return None,
        };
        item.extend(value.map(|value| (field, *value)));
    }
    Some(item)
}

/// The items of a text, one string each, in order.
fn items(format: Format, text: &str) -> Vec<String> {
    let (mut all, mut list) = (Vec::new(), "");
    let mut open: Option<(&str, Item)> = None;
    for line in text.lines().map(str::trim) {
        let (name, value) = match format {
            Format::Xml => line.trim_start_matches(['<', '/']).split_once('>').unwrap_or_default(),
            _ => line.trim_start_matches('"').split_once("\":").unwrap_or((line, "")),
        };
        let value = value.split('<').next().unwrap_or_default().trim_matches([' ', ',']);
        if let Some(at) = name.strip_prefix("list") {
            list = at;
        } else if name == "id" {
            open = Some((value, Item::new()));
        } else if let (Some(field), Some((_, item))) = (name.strip_prefix('f'), &mut open) {
            item.insert(field.parse().unwrap(), value.parse().unwrap());
        } else if line.starts_with(['}', ']']) || line == "</item>" {
            all.extend(open.take().map(|(id, fields)| format!("{list} {id} {fields:?}")));
        }
    }
    all
}

fn both() -> impl Strategy<Value = Format> {
    prop_oneof![Just(Format::Xml), Just(Format::Json)]
}

proptest! {
    #![proptest_config(tries(100))]

    #[test]
    fn what_comes_out_is_what_the_edits_say(format in both(), base in model(), mine in edits(), yours in edits()) {
        let (ours, theirs) = (edited(&base, &mine), edited(&base, &yours));
        let models = [&base, &ours, &theirs];
        let written = texts(format, models);
        let [base, ours, theirs] = written.each_ref().map(String::as_str);
        let merged = with_keys(format, &plain_keys(), [base, ours, theirs]);
        let swapped = with_keys(format, &plain_keys(), [base, theirs, ours]);
        match (truth(models), merged) {
            (None, Err(why)) => {
                prop_assert_eq!(why.kind, Kind::Disagree, "{}", why.message);
                prop_assert!(swapped.is_err());
            }
            (Some(truth), Ok(merged)) => {
                let found = items(format, &merged);
                prop_assert_eq!(found.len(), truth.len(), "{}", merged);
                prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), truth.clone(), "{}", merged);
                let swapped = swapped.map_err(|why| TestCaseError::fail(why.message))?;
                prop_assert_eq!(items(format, &swapped).into_iter().collect::<BTreeSet<_>>(), truth);
                if format == Format::Json {
                    prop_assert!(serde_json::from_str::<serde_json::Value>(&merged).is_ok(), "{}", merged);
                }
            }
            (None, Ok(merged)) => prop_assert!(false, "a conflict was settled:\n{}", merged),
            (Some(_), Err(why)) => prop_assert!(false, "no conflict, but: {}", why.message),
        }
    }

    #[test]
    fn what_one_side_did_comes_out_byte_for_byte(
        format in both(), base in model(), mine in edits(), order in swaps(), ends in any::<bool>(),
    ) {
        let side = edited(&edited(&base, &mine), &order);
        let [base, side, _] = texts(format, [&base, &side, &base]);
        let side = if ends { side.replace('\n', "\r\n") } else { side };
        for texts in [[&base, &side, &side], [&base, &base, &side], [&base, &side, &base]] {
            let texts = texts.map(String::as_str);
            prop_assert_eq!(with_keys(format, &plain_keys(), texts).map_err(|why| why.message), Ok(side.clone()));
        }
    }

    #[test]
    fn orders_do_not_lose_anything(
        format in both(), base in model(), mine in edits(), yours in edits(), orders in [swaps(), swaps()],
    ) {
        let ours = edited(&edited(&base, &mine), &orders[0]);
        let theirs = edited(&edited(&base, &yours), &orders[1]);
        let models = [&base, &ours, &theirs];
        let written = texts(format, models);
        if let Ok(merged) = with_keys(format, &plain_keys(), written.each_ref().map(String::as_str)) {
            let found = items(format, &merged);
            prop_assert_eq!(Some(found.iter().cloned().collect::<BTreeSet<_>>()), truth(models), "{}", merged);
            prop_assert_eq!(found.len(), truth(models).unwrap_or_default().len());
        }
    }

    #[test]
    fn damaged_texts_are_refused_or_merged_but_never_more(
        format in both(), base in model(), mine in edits(), yours in edits(),
        damage in prop::collection::vec((0..3_usize, any::<Index>(), 0..6_usize, "[<>/&;!\\-\\[\\]{}:,\"'a \n\0é]{0,4}"), 1..4),
    ) {
        let models = [&base, &edited(&base, &mine), &edited(&base, &yours)];
        let mut texts = texts(format, models).map(String::into_bytes);
        for (which, at, cut, put) in damage {
            let text = &mut texts[which];
            let at = at.index(text.len() + 1);
            let end = text.len().min(at + cut);
            text.splice(at..end, put.into_bytes());
        }
        let [base, ours, theirs] = &texts;
        let keys = plain_keys();
        if let Ok(merged) = merge(format, &keys, Texts { base, ours, theirs }) {
            let judged = soundness((format, &keys), &merged, || Ok::<_, ()>(vec![base, ours, theirs]));
            prop_assert!(!matches!(judged, Ok(Soundness::Broken(_))), "{:?}", judged);
            prop_assert_eq!(merge(format, &keys, Texts { base, ours: &merged, theirs: &merged }), Ok(merged));
        }
    }

    #[test]
    fn any_bytes_are_refused_or_read(format in both(), text in prop::collection::vec(any::<u8>(), 0..64)) {
        let keys = plain_keys();
        let readable = check(format, &keys, &text);
        let merged = merge(format, &keys, Texts { base: &text, ours: &text, theirs: &text });
        if !text.is_empty() {
            prop_assert_eq!(merged.ok(), readable.ok().map(|()| text));
        }
    }
}
