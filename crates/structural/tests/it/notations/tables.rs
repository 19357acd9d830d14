//! Tables of merges: three texts in, one out, or why not.

use switchback_core::content::filetype::{FileTypes, Format};
use switchback_core::words::object::RepoPath;
use switchback_structural::{Kind, Texts, Why, merge};

/// Merges three texts with the keys of the shipped type: base, ours, theirs.
pub fn merged(format: Format, [base, ours, theirs]: [&str; 3]) -> Result<String, Why> {
    let path = RepoPath::new(format!("some/file.{}", format.as_str()));
    let keys = FileTypes::default().of(&path).map(|one| one.keys.clone()).unwrap_or_default();
    let texts = Texts { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
    merge(format, &keys, texts).map(|text| String::from_utf8(text).expect("what came out is text"))
}

/// Asserts what comes out of cases of base, ours, theirs and result; both ways round, where order means nothing.
#[track_caller]
pub fn settles(format: Format, cases: &[[&str; 4]]) {
    for [base, ours, theirs, wanted] in cases {
        let found = merged(format, [base, ours, theirs]).map_err(|why| why.message);
        assert_eq!(found.as_deref(), Ok(*wanted), "\n--- base\n{base}\n--- ours\n{ours}\n--- theirs\n{theirs}\n---");
        let turned = merged(format, [base, theirs, ours]).map_err(|why| why.message);
        let sorted = |text: &str| {
            let mut words: Vec<String> = text.split([' ', ',', '\n', '-', '}', ']']).map(str::to_owned).collect();
            words.sort();
            words.retain(|word| !word.is_empty());
            words
        };
        assert_eq!(turned.as_deref().map(sorted), Ok(sorted(wanted)), "turned:\n{base}\n{theirs}\n{ours}");
        // What line ends are, and whether the last line has one, is kept.
        let crlf = |text: &str| text.replace('\n', "\r\n");
        let found = merged(format, [&crlf(base), &crlf(ours), &crlf(theirs)]).map_err(|why| why.message);
        assert_eq!(found.as_deref(), Ok(crlf(wanted).as_str()), "with CRLF:\n{base}");
        let endless = |text: &str| text.strip_suffix('\n').unwrap_or(text).to_owned();
        let found = merged(format, [&endless(base), &endless(ours), &endless(theirs)]).map_err(|why| why.message);
        assert_eq!(found.as_deref(), Ok(endless(wanted).as_str()), "without the last line end:\n{base}");
    }
}

/// Asserts why nothing comes out of cases of base, ours and theirs, and what the sentence names.
#[track_caller]
pub fn stops(format: Format, cases: &[([&str; 3], Kind, &str)]) {
    for (texts, kind, named) in cases {
        let [base, ours, theirs] = texts;
        let why = merged(format, *texts).expect_err(&format!("nothing should come out of\n{base}\n{ours}\n{theirs}"));
        assert_eq!(why.kind, *kind, "{}", why.message);
        assert!(why.message.contains(named), "`{}` does not name `{named}`", why.message);
    }
}
