// Civil dates as whole numbers of days (0 = 1970-01-01). No Date, no clock, no zone.
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
