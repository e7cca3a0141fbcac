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

/** A calendar from ISO weekdays off, day numbers off, and day numbers worked all the same. */
export function calendar({ weekdays = [6, 7], days = [], worked = [] } = {}) {
  const off = new Set(weekdays);
  const free = new Set(days);
  const extra = new Set(worked);
  const isWorking = day => off.size > 6 || extra.has(day) || (!off.has(weekday(day)) && !free.has(day));
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

/** "YYYY-MM-DD" of a day number; the inverse of dayNumber. After H. Hinnant, civil_from_days. */
export function dayText(day) {
  const shifted = day + 719468;
  const era = Math.floor(shifted / 146097);
  const ofEra = shifted - era * 146097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36524) - Math.floor(ofEra / 146096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const moon = Math.floor((5 * ofYear + 2) / 153);
  const month = moon < 10 ? moon + 3 : moon - 9;
  const two = number => String(number).padStart(2, '0');
  return `${yearOfEra + era * 400 + (month <= 2 ? 1 : 0)}-${two(month)}-${two(ofYear - Math.floor((153 * moon + 2) / 5) + 1)}`;
}
