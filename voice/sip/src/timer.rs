//! Session timers (RFC 4028): a call whose other side has vanished ends by itself.

use std::time::Duration;

/// The shortest interval that we agree to, in seconds (the standard's).
pub(crate) const LEAST: u64 = 90;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Timer {
    pub seconds: u64,
    /// We refresh the session; otherwise the other side does.
    pub ours: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Nothing,
    Timer(Timer),
    TooShort,
}

impl Timer {
    /// `header`: the value of Session-Expires. `supported`: the other side knows timers.
    pub fn read(header: Option<&str>, supported: bool) -> Asked {
        let Some(header) = header else { return Asked::Nothing };
        let mut parts = header.split(';').map(str::trim);
        let Some(seconds) = parts.next().and_then(|seconds| seconds.parse::<u64>().ok()) else { return Asked::Nothing };
        if seconds < LEAST {
            // Who does not know timers cannot be asked to take a longer one: a proxy wants it.
            return if supported { Asked::TooShort } else { Asked::Timer(Timer { seconds: LEAST, ours: true }) };
        }
        let ours = parts.any(|part| part.eq_ignore_ascii_case("refresher=uas")) || !supported;
        Asked::Timer(Timer { seconds, ours })
    }

    /// As the answer says it.
    pub fn header(self) -> String {
        format!("{};refresher={}", self.seconds, if self.ours { "uas" } else { "uac" })
    }

    /// When to refresh, or to give the call up.
    pub fn due(self) -> Duration {
        let seconds = self.seconds;
        Duration::from_secs(if self.ours { seconds / 2 } else { seconds - (seconds / 3).min(32) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_refreshes_and_when_it_is_over() {
        assert_eq!(Timer::read(None, true), Asked::Nothing);
        assert_eq!(Timer::read(Some("soon"), true), Asked::Nothing);
        assert_eq!(Timer::read(Some("60"), true), Asked::TooShort);
        let theirs = Timer { seconds: 1_800, ours: false };
        assert_eq!(Timer::read(Some("1800;refresher=uac"), true), Asked::Timer(theirs));
        assert_eq!(Timer::read(Some("1800"), true), Asked::Timer(theirs));
        assert_eq!((theirs.header().as_str(), theirs.due().as_secs()), ("1800;refresher=uac", 1_768));
        let ours = Timer { seconds: 90, ours: true };
        assert_eq!(Timer::read(Some("90; Refresher=UAS"), true), Asked::Timer(ours));
        assert_eq!(Timer::read(Some("90"), false), Asked::Timer(ours));
        assert_eq!((ours.header().as_str(), ours.due().as_secs()), ("90;refresher=uas", 45));
    }
}
