//! What a booking costs.

use super::catalogue::Room;
use chrono::{Datelike, NaiveDate, Weekday};

/// Who uses it: each has a price of its own, or none.
pub const GROUPS: [&str; 4] = ["resident", "nonresident", "club", "welfare"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fee {
    pub group: String,
    /// all, weekday, weekend (public holidays with it).
    pub days: String,
    /// slot, hour, booking.
    pub per: String,
    pub yen: i64,
}

/// Something that can be had with a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    pub id: String,
    pub name: String,
    pub per: String,
    pub yen: i64,
}

/// A stretch of a day that is to be paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub day: NaiveDate,
    /// Minutes of the day.
    pub from: u16,
    pub to: u16,
    /// How many of the room's slots that is.
    pub slots: usize,
}

impl Use {
    /// Begun hours count as whole ones.
    fn times(&self, per: &str) -> i64 {
        match per {
            "hour" => i64::from(self.to.saturating_sub(self.from).div_ceil(60)),
            "slot" => i64::try_from(self.slots).unwrap_or(1),
            _ => 1,
        }
    }
}

/// Saturday, Sunday or a public holiday.
pub fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || normalise::holidays::holiday(day).is_some()
}

/// The groups that a room has prices for, in their usual order.
pub fn groups(room: &Room) -> Vec<&'static str> {
    GROUPS.into_iter().filter(|group| room.fees.iter().any(|fee| fee.group == *group)).collect()
}

/// Yen for the room and for what is had with it.
pub fn price(room: &Room, group: &str, when: Use, extras: &[&str]) -> i64 {
    let days = if is_weekend(when.day) { "weekend" } else { "weekday" };
    let fits = |wanted: &str| room.fees.iter().find(|fee| fee.group == group && fee.days == wanted);
    let base = fits(days).or_else(|| fits("all")).map_or(0, |fee| fee.yen * when.times(&fee.per));
    let more: i64 = room.extras.iter().filter(|extra| extras.contains(&extra.id.as_str())).map(|extra| extra.yen * when.times(&extra.per)).sum();
    base + more
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facilities::tests::room;

    #[test]
    fn a_price_follows_day_group_and_what_is_had_with_it() {
        let fee = |group: &str, days: &str, per: &str, yen| Fee { group: group.into(), days: days.into(), per: per.into(), yen };
        let mut room = room("court", "毎日 9:00-21:00");
        room.fees = vec![fee("resident", "weekday", "hour", 300), fee("resident", "weekend", "hour", 500), fee("nonresident", "all", "hour", 900), fee("welfare", "all", "slot", 0)];
        room.extras = vec![Extra { id: "light".into(), name: "照明".into(), per: "hour".into(), yen: 250 }];
        let on = |day: &str| Use { day: day.parse().expect("a day"), from: 1_080, to: 1_170, slots: 2 };
        assert_eq!(price(&room, "resident", on("2026-12-03"), &[]), 600);
        assert_eq!(price(&room, "resident", on("2026-12-05"), &["light"]), 1_500);
        // 2026-11-23 is a public holiday, a Monday.
        assert_eq!(price(&room, "resident", on("2026-11-23"), &[]), 1_000);
        assert_eq!(price(&room, "nonresident", on("2026-12-03"), &[]), 1_800);
        assert_eq!(price(&room, "welfare", on("2026-12-03"), &["light"]), 500);
        assert_eq!(groups(&room), ["resident", "nonresident", "welfare"]);
    }
}
