//! Long files are merged in time that grows with them.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;
use switchback_core::content::filetype::{Format, Keys};
use switchback_structural::{Texts, merge};

/// So many lines: what takes the square of them would take hours.
const LINES: usize = 10_000;

/// Merges texts, and fails instead of waiting for ever.
fn in_time(format: Format, texts: [String; 3]) -> Option<String> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let [base, ours, theirs] = texts.each_ref().map(|text| text.as_bytes());
        let keys = Keys { otherwise: vec!["id".to_owned()], ..Keys::default() };
        let found = merge(format, &keys, Texts { base, ours, theirs });
        drop(send.send(found.ok().and_then(|found| String::from_utf8(found).ok())));
    });
    receive.recv_timeout(Duration::from_secs(120)).expect("it takes the square of its lines")
}

#[test]
fn a_long_run_of_new_comments_is_placed_once() {
    let run = |word: &str| (0..LINES).map(|at| format!("# {word} {at}\n")).collect::<String>();
    let base = "a=1\n\nb=1\nc=1\n";
    for new in [run("new"), run("new") + "\n", run("new").replace('\n', "\n\n"), run("new") + "d=1\n"] {
        let ours = base.replace("a=1", "a=2");
        for below in ["b=1", "c=1"] {
            let theirs = base.replace(below, &format!("{new}{below}"));
            let found = in_time(Format::Properties, [base.to_owned(), ours.clone(), theirs.clone()]);
            assert!(found == Some(theirs.replace("a=1", "a=2")), "above `{below}`");
            // With a comment that was there, and comes off its entry.
            let with_old = |text: &str| text.replace("c=1", "# old\nc=1");
            let ours = with_old(&ours).replace("c=1\n", "");
            in_time(Format::Properties, [with_old(base), ours, with_old(&theirs)]);
        }
    }
}

#[test]
fn many_comments_on_both_sides_are_looked_at_once() {
    let run = |word: &str| (0..LINES).map(|at| format!("# {word} {at}\n")).collect::<String>();
    let entries = |value: usize| (0..LINES).map(|at| format!("k{at}={value}\n")).collect::<String>();
    let noted = |value: usize| (0..LINES / 2).map(|at| format!("# n{at}\nk{at}={value}\n")).collect::<String>();
    let (one, other) = (run("one"), run("other"));
    in_time(Format::Properties, [format!("{one}\na=1\n"), format!("{other}\na=1\n"), format!("{one}\n{other}\na=1\n")]);
    in_time(Format::Properties, [entries(1), format!("{}{one}", entries(1)), format!("{one}{}", entries(1))]);
    in_time(Format::Properties, [noted(1), noted(1).replace("# n", "# m"), noted(2)]);
    in_time(Format::Properties, [noted(1), entries(1), noted(1) + &one]);
}
