// The plan in memory: columns of numbers as the server sends them, the outline, and what is shown of it. No DOM.
//
// rows {id, parent, level, kind, name, start, finish, late, minutes, percent, status, critical, slack, person, deadline,
// held, version, manual}: one list each, days since 1970-01-01 (0: none), kinds 0 phase 1 task 2 milestone 3 approval.
import { calendar } from './civil.js';

const DONE = 3;

export class Plan {
  constructor(data, folded = []) {
    this.folded = new Set(folded);
    this.ghosts = new Map();
    this.load(data);
  }

  load(data) {
    Object.assign(this, { version: data.plan_version, state: data.state, mayChange: data.may_change, marks: data.marks, rows: data.rows, baseline: data.baseline });
    this.when = calendar(data.off);
    this.keeps = new Set(data.keeps);
    this.outside = new Map(data.outside);
    this.unkept = new Map(data.unkept);
    this.people = new Map();
    this.meet(data.people);
    this.at = new Map(data.rows.id.map((id, i) => [id, i]));
    this.parents = new Set(data.rows.parent);
    this.join(data.links);
    this.narrow(data.matching);
    this.flatten();
  }

  /** With a filter on, what passes it and what that lies in is shown; what is changed here stays in sight until the next fetch. */
  narrow(matching) {
    this.kept = matching && new Set();
    for (const id of matching ?? []) for (let i = this.at.get(id); i !== undefined && !this.kept.has(i); i = this.parentOf(i)) this.kept.add(i);
  }

  /** Take over the changed rows of an answer; false when the outline itself is another, so that all must be fetched. */
  merge(answer) {
    const { rows } = answer;
    for (let k = 0; k < rows.id.length; k += 1) {
      const i = this.at.get(rows.id[k]);
      if (i === undefined || this.rows.parent[i] !== rows.parent[k]) return false;
    }
    for (const [name, column] of Object.entries(rows)) {
      if (name !== 'level') rows.id.forEach((id, k) => { this.rows[name][this.at.get(id)] = column[k]; });
    }
    this.version = answer.plan_version;
    this.state = answer.state;
    this.marks = answer.marks;
    this.unkept = new Map(answer.unkept);
    this.meet(answer.people);
    this.join(answer.links);
    return true;
  }

  meet(people) { for (const [id, name, initials, tone] of people) this.people.set(id, { name, initials, tone }); }

  join({ source, target, type }) {
    this.links = source.map((from, k) => [this.at.get(from), this.at.get(target[k]), type[k]]).filter(([from, to]) => from >= 0 && to >= 0);
    this.touching = new Map();
    for (const link of this.links) for (const end of [link[0], link[1]]) (this.touching.get(end) ?? this.touching.set(end, []).get(end)).push(link);
  }

  /** What is shown, in order: `shown` holds places in the columns, `spot` the row of each place or -1. */
  flatten() {
    const { level } = this.rows;
    this.shown = [];
    this.spot = new Int32Array(level.length).fill(-1);
    let limit = Infinity;
    for (let i = 0; i < level.length; i += 1) {
      if (level[i] <= limit) limit = Infinity;
      if (limit !== Infinity || !this.rows.start[i] || this.isAside(i)) continue;
      this.spot[i] = this.shown.push(i) - 1;
      if (this.folded.has(this.rows.id[i]) && this.isParent(i)) limit = level[i];
    }
  }

  isAside(i) { return this.kept && !this.kept.has(i); }
  isParent(i) { return this.parents.has(this.rows.id[i]); }
  isMoment(i) { return this.rows.kind[i] > 1; }
  isDone(i) { return this.rows.status[i] === DONE; }
  isFixed(i) { return !this.mayChange || (this.rows.kind[i] === 0 && !this.isParent(i)); }
  start(i) { return this.ghosts.get(i)?.start ?? this.rows.start[i]; }
  finish(i) { return this.ghosts.get(i)?.finish ?? this.rows.finish[i]; }
  parentOf(i) { return this.at.get(this.rows.parent[i]); }

  fold(i, isFolded) {
    if (isFolded) this.folded.add(this.rows.id[i]); else this.folded.delete(this.rows.id[i]);
    this.flatten();
  }

  foldAll(isFolded) {
    this.folded = new Set(isFolded ? this.rows.id.filter(id => this.parents.has(id)) : []);
    this.flatten();
  }

  /** Unfold everything around a task. */
  reveal(i) {
    for (let p = this.parentOf(i); p !== undefined; p = this.parentOf(p)) this.folded.delete(this.rows.id[p]);
    this.flatten();
  }

  find(text) {
    const wanted = text.trim().toLocaleLowerCase();
    if (!wanted) return [];
    const found = [];
    this.rows.name.forEach((name, i) => { if (this.rows.start[i] && !this.isAside(i) && name.toLocaleLowerCase().includes(wanted)) found.push(i); });
    return found;
  }

  /** The days of the chart: from the Monday before everything to well behind it. */
  frame() {
    const { today, start, promised, forecast } = this.marks;
    let first = Math.min(today, start, promised || today);
    let last = Math.max(today, promised, forecast);
    for (let i = 0; i < this.rows.id.length; i += 1) {
      if (!this.rows.start[i]) continue;
      if (this.rows.start[i] < first) first = this.rows.start[i];
      if (this.rows.finish[i] > last) last = this.rows.finish[i];
    }
    first -= 7;
    return [first - (first + 3) % 7, last + 60];
  }

  /** Draw tasks elsewhere for now: moved by working days, or with another length. */
  preview(places, days, longer) {
    this.ghosts.clear();
    for (const i of places) {
      const start = this.when.add(this.rows.start[i], days);
      const finish = this.when.add(this.when.add(this.rows.finish[i], days), longer);
      this.ghosts.set(i, { start, finish: Math.max(start, finish) });
    }
  }

  showMoved({ id, start, finish }) {
    this.ghosts.clear();
    id.forEach((key, k) => { if (this.at.has(key)) this.ghosts.set(this.at.get(key), { start: start[k], finish: finish[k] }); });
  }
}
