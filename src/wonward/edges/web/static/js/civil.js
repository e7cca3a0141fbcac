// Civil dates as whole numbers of days (0 = 1970-01-01). No Date, no clock, no zone.
/** Day number of "YYYY-MM-DD"; NaN when it is none. After H. Hinnant, days_from_civil. */
export function dayNumber(text) {
  const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '')?.map(Number) ?? [];
  if (!m || m > 12 || !d || d > 31) return NaN;
  const year = m <= 2 ? y - 1 : y;
  const era = Math.floor(year / 400);
  const ofEra = year - era * 400;
  const ofYear = Math.floor((153 * (m + (m > 2 ? -3 : 9)) + 2) / 5) + d - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468;
}

/** ISO weekday: 1 Monday … 7 Sunday. */
export const weekday = day => ((day + 3) % 7 + 7) % 7 + 1;

/** A calendar from "6 7" (days off of a week) and dates off, "2027-05-01 …". */
export function calendar(weekdays = '6 7', dates = '') {
  const off = new Set((weekdays.match(/[1-7]/g) ?? []).map(Number));
  const free = new Set((dates.match(/\d{4}-\d\d-\d\d/g) ?? []).map(dayNumber));
  const isWorking = day => off.size > 6 || (!off.has(weekday(day)) && !free.has(day));
  return {
    isWorking,
    /** Working days from one day to another, signed. */
    between(from, to) {
      let count = 0;
      for (let day = Math.min(from, to); day < Math.max(from, to); day += 1) if (isWorking(day)) count += 1;
      return to < from ? -count : count;
    },
    /** The day that many working days later (earlier when negative). */
    add(from, days) {
      let day = from;
      for (let left = Math.abs(days); left > 0;) {
        day += Math.sign(days);
        if (isWorking(day)) left -= 1;
      }
      return day;
    },
  };
}
