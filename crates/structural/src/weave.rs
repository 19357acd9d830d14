//! Writes the merge of three trees: walks them together, copies what one side has, and goes deeper only where all three
//! differ. What it writes is made of bytes of the three texts, and of separators between them.

use super::comma::comma_in;
use super::container::{in_runs, lists, order, own, with_room};
use super::document::{Between, Document, Gist, List, Name, Node, Order, gist_of_list};
use super::dress::{Ends, ends};
use super::gone::Gone;
use super::indent::{self, Piece};
use super::kinship::{apart, is_flat_in_some};
use super::lines::{entries, is_note, line_end};
use super::manner::Told;
use super::plan::{Step, Trouble};
use super::sound::line_of;
use super::three::{Side, Three};
use super::twice::told_apart;
use super::why::Why;
use super::{keyed, moved, orphans, positional, xml};
use switchback_core::content::filetype::Format;

/// What came out.
pub(super) struct Woven {
    /// The bytes.
    pub(super) text: Vec<u8>,
    /// What they are meant to mean; reading them again must find the same.
    pub(super) gist: Gist,
    /// What both sides took away from where it was.
    pub(super) gone: Gone,
}

/// Why nothing was woven.
pub(super) enum Unwoven {
    /// It cannot be.
    Why(Why),
    /// It cannot be as long as comments go with what they stand above.
    Comments(Why),
    /// The versions tell the items of this tag apart in different ways, and this way would do for all.
    Again(String, Told),
}

impl From<Why> for Unwoven {
    fn from(why: Why) -> Self {
        Self::Why(why)
    }
}

/// A node that was written.
struct Written {
    gist: Gist,
    /// Where its core starts and ends in the result: a separator goes to the end.
    core_start: usize,
    core_end: usize,
}

struct Weaver<'a> {
    format: Format,
    texts: Three<&'a [u8]>,
    out: Vec<u8>,
    /// The line end of what is put between lines.
    end: &'static [u8],
    /// The containers around the node that is being merged.
    path: Vec<String>,
    /// Where the last container opened whose first child may stand in the same line.
    opened: Option<usize>,
    gone: Gone,
}

/// Merges three documents.
pub(super) fn weave(format: Format, documents: &Three<Document<'_>>) -> Result<Woven, Unwoven> {
    let base = documents.base.as_ref();
    let texts = Three { base: base.map(|one| one.text), ours: documents.ours.text, theirs: documents.theirs.text };
    let end: &[u8] = if matches!(ends(texts.ours), Ends::CrLf) { b"\r\n" } else { b"\n" };
    let out = Vec::with_capacity(texts.ours.len() + texts.theirs.len() / 8);
    let mut weaver = Weaver { format, texts, out, end, path: Vec::new(), opened: None, gone: Gone::default() };
    let roots = Three { base: base.map(|one| &one.root), ours: &documents.ours.root, theirs: &documents.theirs.root };
    let written = weaver.node(roots)?;
    Ok(Woven { text: weaver.out, gist: written.gist, gone: weaver.gone })
}

impl Weaver<'_> {
    fn node(&mut self, nodes: Three<&Node<'_>>) -> Result<Written, Unwoven> {
        let spans = self.bytes(nodes, |node| node.span.start..node.span.end);
        if let Some(side) = spans.settle() {
            if let Some(base) = nodes.base.filter(|_| spans.ours == spans.theirs && spans.base != Some(spans.ours)) {
                self.gone.add_missing(base, nodes.ours);
            }
            return Ok(self.copy(side, nodes.of(side)));
        }
        if let Some(wrapped) = in_runs(nodes) {
            return self.node(Three { base: wrapped.base.as_ref(), ours: &wrapped.ours, theirs: &wrapped.theirs });
        }
        self.path.push(nodes.ours.name.shown());
        self.around(nodes, |node| node.span.start..node.core.start)?;
        let core_start = self.out.len();
        let gist = self.core(nodes)?;
        let core_end = self.out.len();
        self.around(nodes, |node| node.core.end..node.span.end)?;
        self.path.pop();
        Ok(Written { gist, core_start, core_end })
    }

    fn core(&mut self, nodes: Three<&Node<'_>>) -> Result<Gist, Unwoven> {
        if let Some(side) = self.bytes(nodes, |node| node.core.start..node.core.end).settle() {
            self.push(side, nodes.of(side).core.clone());
            return Ok(nodes.of(side).gist);
        }
        if let Some(lists) = lists(nodes) {
            return self.list(nodes, lists);
        }
        match nodes.map(|node| node.gist).settle() {
            Some(side) => {
                self.push(side, nodes.of(side).core.clone());
                Ok(nodes.of(side).gist)
            }
            None => Err(self.disagree(nodes, "in different ways").into()),
        }
    }

    fn list(&mut self, nodes: Three<&Node<'_>>, lists: Three<&List<'_>>) -> Result<Gist, Unwoven> {
        let flat = self.format == Format::Xml && lists.ours.own.is_some() && is_flat_in_some(lists);
        match (order(lists), apart(lists)) {
            _ if flat => Err(Unwoven::Again(nodes.ours.name.tag.to_string(), Told::Flat)),
            (Order::Positional, _) if self.format != Format::Xml => self.list_apart(nodes, lists),
            (_, Some((tag, told))) if self.format == Format::Xml => Err(Unwoven::Again(tag, told)),
            (_, Some(_)) => {
                let by_place = lists.map(|list| List { order: Order::Positional, ..list.clone() });
                self.list_apart(nodes, by_place.by_ref())
            }
            (Order::Positional, None) => self.list_apart(nodes, lists),
            (_, None) => match told_apart(self.texts, lists)? {
                None => self.list_apart(nodes, lists),
                Some(apart) => self.list_apart(nodes, apart.by_ref()),
            },
        }
    }

    /// A list in which no name stands twice.
    fn list_apart(&mut self, nodes: Three<&Node<'_>>, lists: Three<&List<'_>>) -> Result<Gist, Unwoven> {
        let steps = self.plan(lists).map_err(|trouble| self.unwoven(nodes, &trouble))?;
        if self.format == Format::Toml {
            orphans::check(lists)?;
        }
        let own = self.open(nodes, lists, steps.len())?;
        let order = order(lists);
        let column = indent::column(self.format, self.texts, lists);
        self.opened = column.map(|_| self.out.len());
        let gists = self.steps(steps, lists, column)?;
        self.close(nodes, lists, &gists)?;
        Ok(gist_of_list((own, order), gists.into_iter()))
    }

    fn plan<'d, 'a>(&mut self, lists: Three<&'d List<'a>>) -> Result<Vec<Step<'d, 'a>>, Trouble<'d, 'a>> {
        match order(lists) {
            Order::Positional => {
                let steps = positional::plan(self.texts, lists)?;
                moved::check(lists, &steps)?;
                Ok(steps)
            }
            order => {
                let plan = keyed::plan(self.texts, lists, order)?;
                plan.gone.into_iter().for_each(|node| self.gone.add(node));
                Ok(plan.steps)
            }
        }
    }

    /// Writes how a container opens; returns what the container itself means now.
    fn open(
        &mut self,
        nodes: Three<&Node<'_>>,
        lists: Three<&List<'_>>,
        children: usize,
    ) -> Result<Option<Gist>, Unwoven> {
        let own = own(lists).ok_or_else(|| self.disagree(nodes, "in different ways"))?;
        let heads = self.both(nodes, lists, |node, list| node.core.start..list.within.start);
        let settled = heads.settle().or_else(|| heads.settle_around());
        match settled.map(|side| with_room(side, lists, children)) {
            Some(side) => self.push(side, nodes.of(side).core.start..lists.of(side).within.start),
            None => {
                let merged = match self.format {
                    Format::Xml => xml::merge_tags(heads),
                    _ => None,
                };
                let merged = merged.ok_or_else(|| self.disagree(nodes, "in different ways"))?;
                self.out.extend_from_slice(&merged);
            }
        }
        Ok(own)
    }

    /// Writes how a container closes.
    fn close(&mut self, nodes: Three<&Node<'_>>, lists: Three<&List<'_>>, children: &[Gist]) -> Result<(), Unwoven> {
        let tails = self.both(nodes, lists, |node, list| list.within.end..node.core.end);
        let settled = tails.settle().or_else(|| tails.settle_around());
        let disagree = || Unwoven::Comments(self.disagree(nodes, "at its end, in different ways"));
        let side = settled.ok_or_else(disagree)?;
        let side = with_room(side, lists, children.len());
        let tail = lists.of(side).within.end..nodes.of(side).core.end;
        if !tail.is_empty() {
            self.seam(self.texts.of(side), tail.start);
        }
        self.push(side, tail);
        Ok(())
    }

    fn steps(
        &mut self,
        steps: Vec<Step<'_, '_>>,
        lists: Three<&List<'_>>,
        column: Option<usize>,
    ) -> Result<Vec<Gist>, Unwoven> {
        let separators = (lists.ours.between, self.trailing(lists));
        let mut gists = Vec::with_capacity(steps.len());
        let mut before = None;
        for step in steps {
            let node = match &step {
                Step::Copy(_, node) => node,
                Step::Merge(nodes) => nodes.ours,
            };
            let is_note = is_note(node);
            if let (Some(core_end), Between::Comma, false) = (before, separators.0, is_note) {
                self.separate(core_end, Comma::Wanted);
            }
            let (start, from, written) = match step {
                Step::Copy(side, node) => {
                    let text = self.texts.of(side);
                    self.seam(text, node.span.start);
                    let from = column.and_then(|_| indent::from(text, lists.of(side), node));
                    (self.out.len(), from, self.copy(side, node))
                }
                Step::Merge(nodes) => {
                    self.seam(self.texts.ours, nodes.ours.span.start);
                    (self.out.len(), None, self.node(nodes)?)
                }
            };
            indent::settle(&mut self.out, &Piece { start, core: written.core_start, from, is_note }, column);
            gists.push(written.gist);
            before = if is_note { before } else { Some(written.core_end) };
        }
        if let (Some(core_end), Between::Comma) = (before, separators.0) {
            self.separate(core_end, separators.1);
        }
        Ok(gists)
    }

    fn copy(&mut self, side: Side, node: &Node<'_>) -> Written {
        let core_start = self.out.len() + (node.core.start - node.span.start);
        self.push(side, node.span.clone());
        Written { gist: node.gist, core_start, core_end: self.out.len() - (node.span.end - node.core.end) }
    }

    fn push(&mut self, side: Side, range: std::ops::Range<usize>) {
        self.out.extend_from_slice(&self.texts.of(side)[range]);
    }

    /// Ends the line before a piece that began a line where it comes from.
    fn seam(&mut self, text: &[u8], start: usize) {
        let began_line = start == 0 || text[start - 1] == b'\n';
        let joins = self.opened == Some(self.out.len());
        if began_line && !joins && self.out.last().is_some_and(|last| *last != b'\n') {
            self.out.extend_from_slice(self.end);
        }
    }

    /// Writes what stands before or after a core.
    fn around(
        &mut self,
        nodes: Three<&Node<'_>>,
        part: fn(&Node<'_>) -> std::ops::Range<usize>,
    ) -> Result<(), Unwoven> {
        let side = self.bytes(nodes, part).settle_around();
        let disagree = || Unwoven::Comments(self.disagree(nodes, "in its comments, in different ways"));
        let side = side.ok_or_else(disagree)?;
        let (text, piece) = (self.texts.of(side), part(nodes.of(side)));
        let follows_line = self.out.ends_with(b"\n") && !text[..piece.start].ends_with(b"\n") && piece.start > 0;
        if !follows_line {
            self.push(side, piece);
            return Ok(());
        }
        // The core of the other side has the end of its line in it: a line is not ended twice, and what stands behind it
        // has no place.
        let line = piece.start..line_end(text, piece.start).min(piece.end);
        if !text[line.clone()].trim_ascii().is_empty() {
            return Err(disagree());
        }
        self.push(side, line.end..piece.end);
        Ok(())
    }

    /// Puts a comma after a core that was written last, or takes it away.
    fn separate(&mut self, core_end: usize, comma: Comma) {
        match (comma_in(&self.out[core_end..]), comma) {
            (None, Comma::Wanted) => self.out.insert(core_end, b','),
            (Some(at), Comma::Unwanted) => drop(self.out.remove(core_end + at)),
            _ => {}
        }
    }

    /// Whether the last child has a comma after it.
    fn trailing(&self, lists: Three<&List<'_>>) -> Comma {
        let last = |text: &[u8], list: &List<'_>| {
            let last = entries(list).next_back().filter(|_| list.between == Between::Comma)?;
            Some(comma_in(&text[last.core.end..last.span.end]).map_or(Comma::Unwanted, |_| Comma::Wanted))
        };
        let (ours, theirs) = (last(self.texts.ours, lists.ours), last(self.texts.theirs, lists.theirs));
        let base = lists.base.zip(self.texts.base).and_then(|(list, text)| last(text, list));
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return ours.or(theirs).unwrap_or(Comma::Unwanted);
        };
        let all = Three { base, ours, theirs };
        all.of(all.settle().unwrap_or(Side::Ours))
    }

    fn bytes(&self, nodes: Three<&Node<'_>>, part: fn(&Node<'_>) -> std::ops::Range<usize>) -> Three<&[u8]> {
        Three {
            base: nodes.base.zip(self.texts.base).map(|(node, text)| &text[part(node)]),
            ours: &self.texts.ours[part(nodes.ours)],
            theirs: &self.texts.theirs[part(nodes.theirs)],
        }
    }

    fn both(
        &self,
        nodes: Three<&Node<'_>>,
        lists: Three<&List<'_>>,
        part: fn(&Node<'_>, &List<'_>) -> std::ops::Range<usize>,
    ) -> Three<&[u8]> {
        let base = nodes.base.zip(lists.base).zip(self.texts.base);
        Three {
            base: base.map(|((node, list), text)| &text[part(node, list)]),
            ours: &self.texts.ours[part(nodes.ours, lists.ours)],
            theirs: &self.texts.theirs[part(nodes.theirs, lists.theirs)],
        }
    }

    fn disagree(&self, nodes: Three<&Node<'_>>, how: &str) -> Why {
        let ours = line_of(self.texts.ours, nodes.ours.core.start);
        let theirs = line_of(self.texts.theirs, nodes.theirs.core.start);
        let did = if nodes.base.is_some() { "changed" } else { "added" };
        Why::disagree(format!(
            "both sides {did} `{}` {how} (line {ours} of ours, line {theirs} of theirs)",
            self.place(None)
        ))
    }

    fn unwoven(&self, nodes: Three<&Node<'_>>, trouble: &Trouble<'_, '_>) -> Unwoven {
        let why = self.trouble(nodes, trouble);
        match trouble {
            Trouble::Uncovered(..) => Unwoven::Comments(why),
            _ => Unwoven::Why(why),
        }
    }

    fn trouble(&self, nodes: Three<&Node<'_>>, trouble: &Trouble<'_, '_>) -> Why {
        match trouble {
            Trouble::Deleted(by, node) | Trouble::Uncovered(by, node) => {
                let line = line_of(self.texts.of(by.other()), node.core.start);
                let (by, other) = (by.shown(), by.other().shown());
                let place = self.place(Some(&node.name));
                Why::disagree(format!("{by} deleted `{place}`, which {other} changed (line {line} of {other})"))
            }
            Trouble::Overlap(ours, theirs) => {
                let ours = line_of(self.texts.ours, *ours);
                let theirs = line_of(self.texts.theirs, *theirs);
                let place = self.place(None);
                Why::disagree(format!(
                    "both sides changed the same items of `{place}` (line {ours} of ours, line {theirs} of theirs)"
                ))
            }
            Trouble::Orders => self.disagree(nodes, "into different orders"),
            Trouble::Sequence => Why::disagree(format!(
                "both sides changed which items stand in `{}`, or where, and their order decides what happens (line {} \
                 of ours, line {} of theirs)",
                self.place(None),
                line_of(self.texts.ours, nodes.ours.core.start),
                line_of(self.texts.theirs, nodes.theirs.core.start)
            )),
            Trouble::Lost(node) => Why::disagree(format!(
                "both sides changed `{}`, which only what is in it tells from others of its kind (line {} of the base)",
                self.place(Some(&node.name)),
                line_of(self.texts.base.unwrap_or_default(), node.core.start)
            )),
        }
    }

    /// The way to a node, as it is shown.
    fn place(&self, last: Option<&Name<'_>>) -> String {
        let last = last.map(Name::shown);
        let names = self.path.iter().chain(&last).filter(|name| !name.is_empty()).map(String::as_str);
        let names: Vec<&str> = names.collect();
        if names.is_empty() { "the document".to_owned() } else { names.join(" › ") }
    }
}

/// Whether a comma goes after the last child.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Comma {
    Wanted,
    Unwanted,
}
