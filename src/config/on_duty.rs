//! When the licensing team is at work.

use std::{ops::Range, str::FromStr as _};

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time, Weekday},
    tz::TimeZone,
};
use strum::EnumString;

/// Weekdays with the same hours, in one time zone, but for some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    days: Vec<Weekday>,
    start: Time,
    /// `None` is the end of the day.
    end: Option<Time>,
    zone: TimeZone,
    except: Vec<Date>,
}

/// One stretch of work; its end is not part of it.
pub type Shift = Range<Timestamp>;

#[derive(Clone, Copy, EnumString)]
#[strum(ascii_case_insensitive)]
enum Day {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

const FORM: &str = "must look like Mon-Fri 08:00-18:00 Europe/Berlin except 2026-12-25,2026-12-26";

impl OnDuty {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut words = text.split_whitespace();
        let (days, hours, zone) = (words.next(), words.next(), words.next());
        let (days, hours, zone) = (days.ok_or(FORM)?, hours.ok_or(FORM)?, zone.ok_or(FORM)?);
        let except = match words.next() {
            None => Vec::new(),
            Some("except") => dates(&words.collect::<Vec<_>>().join(","))?,
            Some(_) => return Err(FORM.to_owned()),
        };
        let (start, end) = parse_hours(hours)?;
        let zone = TimeZone::get(zone).map_err(|_| {
            format!("names the time zone {zone:.40?}, which is unknown: take one such as Europe/Berlin")
        })?;
        Ok(Self { days: parse_days(days)?, start, end, zone, except })
    }

    /// The shifts that touch the time between the two, in order.
    pub(crate) fn shifts(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = Shift> {
        let day = |at: Timestamp| at.to_zoned(self.zone.clone()).date();
        let last = day(until);
        day(from).series(1.day()).take_while(move |date| *date <= last).filter_map(|date| self.shift(date))
    }

    fn shift(&self, date: Date) -> Option<Shift> {
        if !self.days.contains(&date.weekday()) || self.except.contains(&date) {
            return None;
        }
        let end = match self.end {
            Some(end) => date.to_datetime(end),
            None => date.tomorrow().ok()?.to_datetime(Time::midnight()),
        };
        let at = |local: jiff::civil::DateTime| Some(local.to_zoned(self.zone.clone()).ok()?.timestamp());
        Some(at(date.to_datetime(self.start))?..at(end)?)
    }
}

/// `Mon-Fri`, `Mon,Wed,Fri`, `Mon-Thu,Sat`; `Fri-Mon` goes on over the weekend.
fn parse_days(text: &str) -> Result<Vec<Weekday>, String> {
    let day =
        |name: &str| Day::from_str(name).map_err(|_| format!("{FORM}: days are Mon, Tue, Wed, Thu, Fri, Sat, Sun"));
    let mut days = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (Weekday::from(day(first)?), Weekday::from(day(last)?));
        days.extend(first.cycle_forward().take(7).take_while(|each| *each != last));
        days.push(last);
    }
    Ok(days)
}

fn parse_hours(text: &str) -> Result<(Time, Option<Time>), String> {
    let (start, end) = text.split_once('-').ok_or(FORM)?;
    let start = time(start)?;
    let end = if end == "24:00" { None } else { Some(time(end)?) };
    if end.is_some_and(|end| end <= start) {
        return Err("must end after it starts: the hours are those of one day, 00:00-24:00 at most".to_owned());
    }
    Ok((start, end))
}

fn time(text: &str) -> Result<Time, String> {
    Time::strptime("%H:%M", text).map_err(|_| format!("{FORM}: hours are 00:00 to 24:00"))
}

fn dates(text: &str) -> Result<Vec<Date>, String> {
    let days = text.split(',').filter(|day| !day.is_empty());
    let days: Vec<Date> = days
        .map(|day| day.parse().map_err(|_| format!("{FORM}: a day after except is one that exists, YYYY-MM-DD")))
        .collect::<Result<_, String>>()?;
    if days.is_empty() { Err(FORM.to_owned()) } else { Ok(days) }
}

impl From<Day> for Weekday {
    fn from(day: Day) -> Self {
        match day {
            Day::Mon => Self::Monday,
            Day::Tue => Self::Tuesday,
            Day::Wed => Self::Wednesday,
            Day::Thu => Self::Thursday,
            Day::Fri => Self::Friday,
            Day::Sat => Self::Saturday,
            Day::Sun => Self::Sunday,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: &str = "Mon-Fri 08:00-18:00 Europe/Berlin except 2026-12-25,2026-12-26";

    fn is_on_duty(text: &str, at: &str) -> bool {
        let now = at.parse().unwrap();
        OnDuty::parse(text).unwrap().shifts(now, now).any(|shift| shift.contains(&now))
    }

    #[test]
    fn the_team_is_at_work_from_the_first_minute_until_before_the_last() {
        for (at, expected) in [
            ("2026-11-27T06:59:59Z", false),
            ("2026-11-27T07:00:00Z", true),
            ("2026-11-27T16:59:59Z", true),
            ("2026-11-27T17:00:00Z", false),
            ("2026-11-28T10:00:00Z", false),
            ("2026-12-24T10:00:00Z", true),
            ("2026-12-25T10:00:00Z", false),
        ] {
            assert_eq!(is_on_duty(USUAL, at), expected, "{at}");
        }
    }

    #[test]
    fn hours_follow_the_clocks_of_the_zone_through_summer_time() {
        // Clocks go forward on 2026-03-29 and back on 2026-10-25.
        for (at, expected) in [
            ("2026-03-27T07:00:00Z", true),
            ("2026-03-30T05:59:59Z", false),
            ("2026-03-30T06:00:00Z", true),
            ("2026-10-23T06:00:00Z", true),
            ("2026-10-26T06:00:00Z", false),
        ] {
            assert_eq!(is_on_duty(USUAL, at), expected, "{at}");
        }
        // 02:30 does not exist on the day of the change, and comes twice half a year later.
        let night = "Sun 02:30-04:00 Europe/Berlin";
        assert_eq!(["2026-03-29T01:15:00Z", "2026-03-29T01:45:00Z"].map(|at| is_on_duty(night, at)), [false, true]);
        assert!(is_on_duty(night, "2026-10-25T00:45:00Z") && is_on_duty(night, "2026-10-25T01:45:00Z"));
    }

    #[test]
    fn days_are_a_list_or_a_range_that_may_go_over_the_weekend() {
        let on = |days: &str| {
            let text = format!("{days} 00:00-24:00 UTC");
            // From Monday on.
            (23..30)
                .map(|day| if is_on_duty(&text, &format!("2026-11-{day}T23:59:59Z")) { 'x' } else { '.' })
                .collect::<String>()
        };
        assert_eq!(on("Mon-Fri"), "xxxxx..");
        assert_eq!(on("mon,Wed,SUN"), "x.x...x");
        assert_eq!(on("Fri-Mon"), "x...xxx");
        assert_eq!(on("Mon-Thu,Sat"), "xxxx.x.");
    }

    #[test]
    fn the_shifts_of_a_session_are_those_that_touch_it() {
        let on_duty = OnDuty::parse(USUAL).unwrap();
        let from: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        let starts: Vec<_> = on_duty.shifts(from, from + 72.hours()).map(|shift| shift.start.to_string()).collect();
        assert_eq!(starts, ["2026-11-27T07:00:00Z", "2026-11-30T07:00:00Z"]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_the_remedy() {
        for (text, remedy) in [
            ("Mon-Fri", "must look like"),
            ("Mon-Fri 08:00-18:00", "must look like"),
            ("Mon-Fri 18:00-08:00 UTC", "must end after it starts"),
            ("Mon-Fri 08:00-08:00 UTC", "must end after it starts"),
            ("Mon-Fri 08:00 UTC", "must look like"),
            ("Mon-Fri 08:00-25:00 UTC", "00:00 to 24:00"),
            ("Mon-Fri 24:00-24:00 UTC", "00:00 to 24:00"),
            ("Mo-Fr 08:00-18:00 UTC", "days are Mon"),
            ("Mon-Fri 08:00-18:00 Europe/Berln", "\"Europe/Berln\", which is unknown"),
            ("Mon-Fri 08:00-18:00 UTC except", "must look like"),
            ("Mon-Fri 08:00-18:00 UTC except 2026-02-30", "one that exists"),
            ("Mon-Fri 08:00-18:00 UTC but 2026-02-28", "must look like"),
        ] {
            let error = OnDuty::parse(text).unwrap_err();
            assert!(error.contains(remedy), "{text}: {error}");
        }
    }
}
