//! Groups of people.

use crate::render::page::Page;
use crate::render::table::Table;
use switchback_api::verbs::group::{Group, Groups, Member};

/// One line each.
pub fn list(view: &Groups, page: &mut Page) {
    if view.groups.is_empty() {
        page.line("No groups yet: `switchback group add GROUP USER` makes one.");
        return;
    }
    let mut table = Table::new(["Group", "Members"]);
    for group in &view.groups {
        table.row([(&group.name).into(), members(group).into()]);
    }
    page.table(&table);
}

/// One group.
pub fn show(group: &Group, page: &mut Page) {
    match group.members.is_empty() {
        true => page.line(format!("{}: nobody is in it any more", group.name)),
        false => page.line(format!("{}: {}", group.name, members(group))),
    }
}

fn members(group: &Group) -> String {
    let one = |member: &Member| match member.said_here {
        true => member.user.clone(),
        false => format!("{} (says their provider)", member.user),
    };
    group.members.iter().map(one).collect::<Vec<_>>().join(", ")
}
