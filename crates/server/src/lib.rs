//! Who may knock.
