//! Kinds of documents that the samples of `settle.rs` do not write: entries that are commented out and in again, lists
//! whose order decides, keys that stood twice before, anchors and aliases. What both sides' edits are together is known
//! from the model; what comes out is read back line by line.

use super::sample::Dice;
use super::settle::conflicts_as_text;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::content::filetype::{Format, Keys};
use switchback_structural::{Texts, merge};

/// So many conflicts of each kind are looked at, unless `SWITCHBACK_SETTLE` says otherwise.
const CONFLICTS: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    /// Entries of which some are commented out.
    Toggled(Format),
    /// A list whose order decides what happens.
    Steps(Format),
    /// Entries of which some stood twice before.
    Doubled,
    /// Values with anchors, and aliases of them.
    Anchored,
}

const KINDS: [Kind; 7] = [
    Kind::Toggled(Format::Properties),
    Kind::Toggled(Format::Yaml),
    Kind::Toggled(Format::Toml),
    Kind::Steps(Format::Yaml),
    Kind::Steps(Format::Json),
    Kind::Doubled,
    Kind::Anchored,
];

/// One line, or one item.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Line {
    key: usize,
    value: usize,
    on: bool,
    /// Whose value it is, where it is an alias.
    of: Option<usize>,
}

type Sides<T> = [T; 3];

impl Kind {
    fn format(self) -> Format {
        match self {
            Self::Toggled(format) | Self::Steps(format) => format,
            Self::Doubled => Format::Properties,
            Self::Anchored => Format::Yaml,
        }
    }

    fn begun(self, dice: &mut Dice) -> Vec<Line> {
        let mut keys: Vec<usize> = (0..9).collect();
        (1..keys.len()).rev().for_each(|at| keys.swap(at, dice.below(at + 1)));
        keys.truncate(5 + dice.below(3));
        let mut lines: Vec<Line> = keys.iter().map(|key| self.line(dice, *key, &[])).collect();
        if self == Self::Anchored {
            for at in 1..lines.len() {
                let before: Vec<Line> = lines[..at].to_vec();
                lines[at] = self.line(dice, lines[at].key, &before);
            }
        }
        if self == Self::Doubled {
            let again = Line { value: dice.below(9), ..lines[0].clone() };
            lines.insert(dice.below(lines.len() + 1), again);
        }
        lines
    }

    fn line(self, dice: &mut Dice, key: usize, before: &[Line]) -> Line {
        let anchors: Vec<usize> = before.iter().filter(|line| line.of.is_none()).map(|line| line.key).collect();
        let of = (!anchors.is_empty() && dice.below(2) == 0).then(|| anchors[dice.below(anchors.len())]);
        let on = !matches!(self, Self::Toggled(_)) || dice.below(3) > 0;
        let value = dice.below(9);
        Line { key, value: if of.is_some() { 0 } else { value }, on, of }
    }

    fn edited(self, dice: &mut Dice, base: &[Line]) -> Vec<Line> {
        let mut lines = base.to_vec();
        for _ in 0..1 + dice.below(3) {
            let at = dice.below(lines.len());
            // Old doubles are nobody's to touch here.
            if base.iter().filter(|line| line.key == lines[at].key).count() > 1 {
                continue;
            }
            match dice.below(6) {
                0 if matches!(self, Self::Toggled(_)) => lines[at].on = !lines[at].on,
                0 | 1 if lines[at].of.is_none() => lines[at].value = dice.below(9),
                2 if lines.len() > 3 => drop(lines.remove(at)),
                3 if matches!(self, Self::Steps(_)) => {
                    let moved = lines.remove(at);
                    lines.insert(dice.below(lines.len() + 1), moved);
                }
                _ => {
                    let key = dice.below(14);
                    let at = dice.below(lines.len() + 1);
                    let new = self.line(dice, key, if self == Self::Anchored { &lines[..at] } else { &[] });
                    if lines.iter().chain(base).all(|line| line.key != key) {
                        lines.insert(at, new);
                    }
                }
            }
        }
        lines
    }

    fn render(self, lines: &[Line]) -> String {
        let shown = |line: &Line| {
            let Line { key, value, .. } = line;
            match self {
                Self::Toggled(Format::Toml) => format!("k{key} = \"v{value}\""),
                Self::Toggled(Format::Yaml) => format!("k{key}: v{value}"),
                Self::Toggled(_) | Self::Doubled => format!("k{key}=v{value}"),
                Self::Steps(Format::Json) => format!("    {{\"id\": \"k{key}\", \"run\": \"v{value}\"}}"),
                Self::Steps(_) => format!("  - id: k{key}\n    run: v{value}"),
                Self::Anchored => match line.of {
                    Some(of) => format!("k{key}: *a{of}"),
                    None => format!("k{key}: &a{key} v{value}"),
                },
            }
        };
        let shown: Vec<String> =
            lines.iter().map(|line| format!("{}{}", if line.on { "" } else { "#" }, shown(line))).collect();
        match self {
            Self::Steps(Format::Json) => format!("{{\n  \"steps\": [\n{}\n  ]\n}}\n", shown.join(",\n")),
            Self::Steps(_) => format!("steps:\n{}\n", shown.join("\n")),
            _ => format!("{}\n", shown.join("\n")),
        }
    }

    /// What both sides' edits are together; `None` where they disagree.
    fn together(self, [base, ours, theirs]: &Sides<Vec<Line>>) -> Option<Vec<Line>> {
        let keys: BTreeSet<usize> = [base, ours, theirs].into_iter().flatten().map(|line| line.key).collect();
        let of = |side: &[Line], key: usize| {
            side.iter().filter(|line| line.key == key && line.on).cloned().collect::<Vec<_>>()
        };
        // What is commented out is a comment of these words, and no entry.
        let comments: BTreeSet<&Line> = [base, ours, theirs].into_iter().flatten().filter(|line| !line.on).collect();
        let stays = |one: &&&Line| settled(base.contains(one), ours.contains(one), theirs.contains(one)) == Some(true);
        let comments: Vec<Line> = comments.iter().filter(stays).map(|one| (*one).clone()).collect();
        let mut all = BTreeMap::new();
        for key in keys {
            all.insert(key, settled(of(base, key), of(ours, key), of(theirs, key))?);
        }
        if !matches!(self, Self::Steps(_)) {
            return Some(all.into_values().flatten().chain(comments).collect());
        }
        let order = |side: &[Line]| side.iter().map(|line| line.key).collect::<Vec<_>>();
        let order = settled(order(base), order(ours), order(theirs))?;
        Some(order.into_iter().flat_map(|key| all.remove(&key).unwrap_or_default()).collect())
    }

    /// What a text says; `None` where it cannot be read.
    fn read(self, text: &str) -> Option<Vec<Line>> {
        let mut lines: Vec<Line> = Vec::new();
        let number = |word: &str| word.trim_matches(['k', 'v', '"', ' ', ',', '}']).parse::<usize>().ok();
        for line in text.lines().filter(|line| !line.is_empty()) {
            let (on, bare) = line.strip_prefix('#').map_or((true, line), |bare| (false, bare));
            match self {
                Self::Steps(Format::Json) => {
                    let Some(item) = bare.trim().strip_prefix("{\"id\": ") else { continue };
                    let (key, value) = item.split_once(", \"run\": ")?;
                    lines.push(Line { key: number(key)?, value: number(value)?, on, of: None });
                }
                Self::Steps(_) => match (bare.strip_prefix("  - id: "), bare.strip_prefix("    run: ")) {
                    (Some(key), _) => lines.push(Line { key: number(key)?, value: 99, on, of: None }),
                    (_, Some(value)) => lines.last_mut()?.value = number(value)?,
                    _ => {}
                },
                _ => {
                    let (key, value) = bare.split_once(['=', ':'])?;
                    let key = number(key.trim())?;
                    if let Some(of) = value.trim().strip_prefix("*a") {
                        let of = of.parse().ok()?;
                        // An alias of what does not stand before it cannot be read.
                        lines.iter().find(|line| line.key == of && line.of.is_none())?;
                        lines.push(Line { key, value: 0, on, of: Some(of) });
                    } else {
                        let value = value.trim().rsplit(' ').next()?;
                        lines.push(Line { key, value: number(value)?, on, of: None });
                    }
                }
            }
        }
        Some(lines)
    }
}

fn settled<T: PartialEq>(base: T, ours: T, theirs: T) -> Option<T> {
    if ours == theirs || base == theirs { Some(ours) } else { (base == ours).then_some(theirs) }
}

fn told(kind: Kind, mut lines: Vec<Line>) -> Vec<Line> {
    if !matches!(kind, Kind::Steps(_)) {
        lines.sort();
    }
    lines
}

/// Where both sides comment the same entry out, and one puts another behind it.
#[test]
fn what_both_comment_out_stands_there_once() {
    let base = b"k0=v1\nk3=v1\nk1=v2\n";
    let (ours, theirs) = (b"k0=v1\n#k3=v1\nk10=v5\nk1=v2\n", b"k0=v1\n#k3=v1\nk1=v2\n");
    if let Ok(found) = merge(Format::Properties, &Keys::default(), Texts { base, ours, theirs }) {
        assert_eq!(String::from_utf8(found).as_deref(), Ok("k0=v1\n#k3=v1\nk10=v5\nk1=v2\n"));
    }
}

#[test]
fn what_is_settled_is_what_both_sides_meant() {
    let folder = tempfile::tempdir().unwrap();
    let wanted = std::env::var("SWITCHBACK_SETTLE").map_or(CONFLICTS, |number| number.parse().unwrap());
    for kind in KINDS {
        let (mut conflicts, mut done, mut apart, mut wrong, mut seed) = (0, 0, 0, Vec::new(), 0);
        while conflicts + apart < wanted {
            seed += 1;
            let mut dice = Dice(seed);
            let base = kind.begun(&mut dice);
            let (ours, theirs) = (kind.edited(&mut dice, &base), kind.edited(&mut dice, &base));
            let sides = [base, ours, theirs];
            let texts = sides.each_ref().map(|side| kind.render(side));
            if texts[1] == texts[2] || !conflicts_as_text(folder.path(), &texts) {
                continue;
            }
            let truth = kind.together(&sides).map(|lines| told(kind, lines));
            *if truth.is_some() { &mut conflicts } else { &mut apart } += 1;
            let [base, ours, theirs] = texts.each_ref().map(|text| text.as_bytes());
            let keys = Keys {
                otherwise: vec!["id".to_owned()],
                in_order: vec!["*".to_owned()],
                order_decides: vec!["steps".to_owned()],
                ..Keys::default()
            };
            let Ok(found) = merge(kind.format(), &keys, Texts { base, ours, theirs }) else { continue };
            let found = String::from_utf8(found).unwrap();
            let read = kind.read(&found).map(|lines| told(kind, lines));
            match truth.is_some() && read == truth {
                true => done += 1,
                false => wrong.push(format!("{seed}\n{}=>\n{found}", texts.join("--\n"))),
            }
        }
        println!("{kind:?}: {done} of {conflicts} settled, {apart} apart, {} wrong", wrong.len());
        assert!(wrong.is_empty(), "{kind:?}: {}", wrong[..wrong.len().min(3)].join("\n\n"));
        assert!(done * 2 >= conflicts, "{kind:?}: {done} of {conflicts} settled");
    }
}
