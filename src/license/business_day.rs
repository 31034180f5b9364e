//! The days and the time of the day at which people are told about licenses. Business days are Monday to Friday.

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};

/// A time of the day in a time zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailyTime {
    time: Time,
    zone: TimeZone,
}

impl DailyTime {
    /// `09:00 Europe/Berlin`: hours and minutes, and a time zone of the IANA database.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (time, zone) = text.trim().split_once(' ').ok_or("must be a time and a time zone: 09:00 Europe/Berlin")?;
        let time = Time::strptime("%H:%M", time).map_err(|_| "must begin with a time from 00:00 to 23:59")?;
        let zone = TimeZone::get(zone.trim()).map_err(|_| "must end with a time zone such as Europe/Berlin or UTC")?;
        Ok(Self { time, zone })
    }

    /// That time on `day`. Where the clocks skip it, as long after the day's beginning.
    pub(crate) fn on(&self, day: Date) -> Timestamp {
        let zoned = day.to_datetime(self.time).to_zoned(self.zone.clone());
        zoned.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// `Fri 27 Nov, 09:00` in its time zone.
    pub(crate) fn shown(&self, at: Timestamp) -> String {
        at.to_zoned(self.zone.clone()).strftime("%a %-d %b, %H:%M").to_string()
    }

    /// The latest business day on which that time has come by `now`.
    pub(crate) fn last_business_day(&self, now: Timestamp) -> Date {
        let today = now.to_zoned(self.zone.clone()).date();
        if is_business_day(today) && self.on(today) <= now { today } else { business_day_before(today) }
    }
}

impl Default for DailyTime {
    /// 08:00 UTC, in the morning of most of Europe.
    fn default() -> Self {
        Self { time: Time::constant(8, 0, 0, 0), zone: TimeZone::UTC }
    }
}

pub(crate) fn is_business_day(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

pub(crate) fn business_day_before(day: Date) -> Date {
    let days = std::iter::successors(day.yesterday().ok(), |day| day.yesterday().ok());
    days.take(7).find(|day| is_business_day(*day)).unwrap_or(Date::MIN)
}

pub(crate) fn business_day_after(day: Date) -> Date {
    let days = std::iter::successors(day.tomorrow().ok(), |day| day.tomorrow().ok());
    days.take(7).find(|day| is_business_day(*day)).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn berlin() -> DailyTime {
        DailyTime::parse("09:00 Europe/Berlin").unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_of_the_day_follows_its_zone_through_the_year() {
        assert_eq!(berlin().on(date(2026, 11, 30)), at("2026-11-30T08:00:00Z"));
        assert_eq!(berlin().on(date(2026, 7, 1)), at("2026-07-01T07:00:00Z"));
        // Skipped by the change to summer time.
        let skipped = DailyTime::parse("02:30 Europe/Berlin").unwrap();
        assert_eq!(skipped.on(date(2026, 3, 29)), at("2026-03-29T01:30:00Z"));
    }

    #[test]
    fn the_last_business_day_is_friday_until_the_time_has_come_on_monday() {
        for (now, day) in [
            ("2026-11-27T07:59:59Z", date(2026, 11, 26)),
            ("2026-11-27T08:00:00Z", date(2026, 11, 27)),
            ("2026-11-28T12:00:00Z", date(2026, 11, 27)),
            ("2026-11-30T07:59:59Z", date(2026, 11, 27)),
            ("2026-11-30T08:00:00Z", date(2026, 11, 30)),
        ] {
            assert_eq!(berlin().last_business_day(at(now)), day, "{now}");
        }
        assert_eq!(business_day_before(date(2026, 11, 30)), date(2026, 11, 27));
        assert_eq!(business_day_after(date(2026, 11, 27)), date(2026, 11, 30));
    }

    #[test]
    fn a_wrong_time_or_zone_is_refused_with_what_to_write() {
        for (text, expected) in [
            ("09:00", "a time and a time zone"),
            ("25:00 UTC", "begin with a time"),
            ("9 UTC", "begin with a time"),
            ("09:00 Berlin", "end with a time zone"),
        ] {
            let refused = DailyTime::parse(text).unwrap_err();
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }
}
