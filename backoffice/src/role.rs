use std::{fmt, str::FromStr};

/// What a member of staff may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything, accounts and the record included.
    Administrator,
    /// Content (canned replies, sentences to teach) and the work of an operator.
    Editor,
    /// Talks with residents.
    Operator,
    /// Talks with residents, sees no personal data: works for the city, not at it.
    Outsourced,
    /// Looks, without personal data.
    Viewer,
}

impl Role {
    pub const ALL: [Role; 5] = [Role::Administrator, Role::Editor, Role::Operator, Role::Outsourced, Role::Viewer];

    pub fn as_str(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Editor => "editor",
            Role::Operator => "operator",
            Role::Outsourced => "outsourced",
            Role::Viewer => "viewer",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Role::Administrator => "管理者",
            Role::Editor => "編集者",
            Role::Operator => "オペレーター",
            Role::Outsourced => "委託オペレーター",
            Role::Viewer => "閲覧者",
        }
    }

    pub fn sees_personal_data(self) -> bool {
        matches!(self, Role::Administrator | Role::Editor | Role::Operator)
    }

    /// Writes to residents, takes, passes on, closes.
    pub fn talks(self) -> bool {
        self != Role::Viewer
    }

    pub fn edits(self) -> bool {
        matches!(self, Role::Administrator | Role::Editor)
    }

    pub fn administers(self) -> bool {
        self == Role::Administrator
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = Role::ALL.into_iter().find(|role| role.as_str() == text);
        named.ok_or_else(|| format!("`{text}` is no role; use {}", Role::ALL.map(Role::as_str).join(", ")))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
