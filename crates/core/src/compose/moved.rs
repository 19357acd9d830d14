//! Lines that an edit only puts elsewhere, and that are not there to be put anywhere. No count of lines tells.

use crate::compose::touching;
use crate::content::Content;
use crate::content::ends::Ends;
use crate::content::lines::LineCounts;
use crate::words::fault::Fault;
use crate::words::object::Leaf;
use std::collections::HashMap;

/// Seeded anew in every process, so that nobody can write lines for it.
type Hashing = foldhash::quality::RandomState;

/// The lines that theirs has elsewhere among the others than the base, and that ours lacks and the result with it. Only of
/// a line that stands once can it be said.
///
/// # Errors
/// A fault of the content.
pub(super) fn moved(content: &dyn Content, [base, ours, theirs, result]: [Leaf; 4]) -> Result<LineCounts, Fault> {
    let lines = |leaf: Leaf| content.lines(leaf.id);
    let counts = [lines(base)?, lines(ours)?, lines(theirs)?, lines(result)?];
    let [base_lines, our_lines, their_lines, lines_left] = &counts;
    let is_gone = |line: u64| our_lines.of_line(line) == 0 && lines_left.of_line(line) == 0;
    let is_once = |line: u64| base_lines.of_line(line) == 1 && their_lines.of_line(line) == 1;
    let gone = base_lines.only(|line| is_gone(line) && is_once(line));
    let mut moved = LineCounts::default();
    if gone.is_empty() {
        return Ok(moved);
    }
    let texts = [content.read(base.id)?, content.read(theirs.id)?];
    // What stands before the first edit, and after the last, stays where it is.
    let ends = Ends::of(&texts[0], &texts[1]);
    let [old, new] = texts.each_ref().map(|text| once(&touching::lines(ends.between(text))));
    let mut both: Vec<(usize, usize, &[u8])> =
        old.iter().filter_map(|(line, at)| Some((*at, *new.get(line)?, *line))).collect();
    both.sort_unstable();
    let is_gone = |line: &[u8]| LineCounts::of(line).iter().any(|(line, _)| gone.of_line(line) > 0);
    let (gone, stays): (Vec<_>, Vec<_>) = both.into_iter().partition(|(.., line)| is_gone(line));
    let in_order = longest_in_order(stays.iter().map(|(.., to, _)| *to));
    let stays: Vec<(usize, usize)> = in_order.into_iter().map(|at| (stays[at].0, stays[at].1)).collect();
    for (from, to, line) in gone {
        let above = [stays.partition_point(|one| one.0 < from), stays.partition_point(|one| one.1 < to)];
        if above[0] != above[1] {
            moved.add_lines([line], 1);
        }
    }
    Ok(moved)
}

/// The lines that stand once, with where they do.
fn once<'t>(lines: &[&'t [u8]]) -> HashMap<&'t [u8], usize, Hashing> {
    let mut times: HashMap<&[u8], (usize, usize), Hashing> = HashMap::default();
    for (at, line) in lines.iter().enumerate() {
        times.entry(line).or_insert((at, 0)).1 += 1;
    }
    times.into_iter().filter(|(_, (_, times))| *times == 1).map(|(line, (at, _))| (line, at)).collect()
}

/// The places of the longest part of some numbers that rises.
fn longest_in_order(numbers: impl Iterator<Item = usize>) -> Vec<usize> {
    let (mut before, mut ends): (Vec<Option<usize>>, Vec<(usize, usize)>) = (Vec::new(), Vec::new());
    for (at, number) in numbers.enumerate() {
        let length = ends.partition_point(|(end, _)| *end < number);
        before.push(length.checked_sub(1).map(|shorter| ends[shorter].1));
        match ends.get_mut(length) {
            Some(end) => *end = (number, at),
            None => ends.push((number, at)),
        }
    }
    let mut found = Vec::new();
    let mut at = ends.last().map(|(_, at)| *at);
    while let Some(place) = at {
        found.push(place);
        at = before[place];
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::longest_in_order;

    #[test]
    fn the_longest_part_that_rises_is_found() {
        let of = |numbers: &[usize]| -> Vec<usize> {
            longest_in_order(numbers.iter().copied()).into_iter().map(|at| numbers[at]).collect()
        };
        assert!(of(&[]).is_empty());
        assert_eq!(of(&[9, 0, 1, 2]), [0, 1, 2]);
        assert_eq!(of(&[0, 1, 2, 9, 3, 4]), [0, 1, 2, 3, 4]);
        assert_eq!(of(&[3, 4, 5, 0, 6]), [3, 4, 5, 6]);
    }
}
