//! What a repository says in its `.gitattributes` about merging a file, as far as git's own merge obeys it.

/// What is said about one path.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Attributes {
    /// How its content is merged.
    pub merge: MergeBy,
    /// What becomes of line ends when somebody gives its content.
    pub line_ends: LineEnds,
    /// How long conflict markers are in it, where that is said.
    pub marker_size: Option<usize>,
}

/// How the content of a path is merged when both sides changed it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum MergeBy {
    /// Line by line. So it is where nothing is said, or a driver is named that git does not know.
    #[default]
    Lines,
    /// Not at all: `-merge`, `merge=binary`, `binary`.
    Never,
    /// With the lines of both sides: `merge=union`.
    Union,
    /// By a driver that leaves ours as it is: its command is `true`.
    Ours(String),
    /// By a driver that is a program. It is not run here (`SPEC K3`).
    Program(String),
}

impl MergeBy {
    /// As it is written there.
    pub fn written(&self) -> String {
        match self {
            Self::Lines => "merge".to_owned(),
            Self::Never => "-merge".to_owned(),
            Self::Union => "merge=union".to_owned(),
            Self::Ours(name) | Self::Program(name) => format!("merge={name}"),
        }
    }

    /// Why a clean merge line by line is not to be taken; `None` where it is.
    pub fn forbids_lines(&self) -> Option<String> {
        match self {
            Self::Lines | Self::Union => None,
            Self::Never => Some("`.gitattributes` says `-merge`: it is never merged line by line".to_owned()),
            Self::Ours(name) => Some(format!("`.gitattributes` says `merge={name}`, which keeps ours")),
            Self::Program(name) => Some(format!(
                "`.gitattributes` says `merge={name}`: a program merges it, and none is run here; give the file type a \
                 strategy"
            )),
        }
    }
}

/// What becomes of line ends when a content comes in, as `git add` does it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LineEnds {
    /// They stay.
    #[default]
    Keep,
    /// Each becomes a line feed: `text`, `eol`.
    Feed,
    /// The same where it is a text, and no side has other line ends: `text=auto`.
    FeedIfText,
}

/// A content as it is kept; `sides` are what stood there before.
pub fn kept(content: Vec<u8>, line_ends: LineEnds, sides: &[Vec<u8>]) -> Vec<u8> {
    let has_returns = |text: &[u8]| text.windows(2).any(|pair| pair == b"\r\n");
    let converts = match line_ends {
        LineEnds::Keep => false,
        LineEnds::Feed => true,
        LineEnds::FeedIfText => !content.contains(&0) && !sides.iter().any(|side| has_returns(side)),
    };
    if !converts || !has_returns(&content) {
        return content;
    }
    let mut kept = Vec::with_capacity(content.len());
    for (at, byte) in content.iter().enumerate() {
        if *byte != b'\r' || content.get(at + 1) != Some(&b'\n') {
            kept.push(*byte);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_become_what_git_would_keep() {
        let given = || b"a\r\nb\rc\n".to_vec();
        assert_eq!(kept(given(), LineEnds::Keep, &[]), given());
        assert_eq!(kept(given(), LineEnds::Feed, &[b"x\r\n".to_vec()]), b"a\nb\rc\n");
        assert_eq!(kept(given(), LineEnds::FeedIfText, &[b"x\n".to_vec()]), b"a\nb\rc\n");
        assert_eq!(kept(given(), LineEnds::FeedIfText, &[b"x\r\n".to_vec()]), given());
        assert_eq!(kept(b"\0\r\n".to_vec(), LineEnds::FeedIfText, &[]), b"\0\r\n");
    }
}
