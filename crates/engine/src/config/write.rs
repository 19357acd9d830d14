//! temp
use std::fmt::Write;
pub struct Starter {
    pub name: String,
    pub stages: Vec<(String, String)>,
    pub next: Vec<(String, String)>,
    pub branches: Vec<String>,
}
pub fn starter(s: &Starter) -> String {
    let mut out = format!("[pipeline]\nname = \"{}\"\n\n", s.name);
    for (n, b) in &s.stages {
        let next: Vec<_> = s.next.iter().filter(|(a, _)| a == n).map(|(_, b)| format!("\"{b}\"")).collect();
        let _ = write!(
            out,
            "[[stage]]\nname = \"{n}\"\nbranch = \"{b}\"\n{}\n",
            if next.is_empty() { String::new() } else { format!("next = [{}]\n", next.join(", ")) }
        );
    }
    out
}
