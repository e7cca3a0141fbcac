// The records looked at last, for the palette: only which they are. What they are called the server says, to who may see them.
const MOST = 8;
const NOUNS = {
  leads: 'sales.lead', deals: 'sales.deal', companies: 'clients.company', contacts: 'clients.contact', projects: 'delivery.project',
  tasks: 'delivery.task', handoffs: 'handoff.handoff', objectives: 'insights.objective',
};

/** References as "sales.deal:12,…", the latest first, without the page one is on. */
export function recentRecords() {
  try { return (localStorage.getItem('recent') ?? '').split(',').filter(ref => ref && ref !== here).join(','); } catch { return ''; }
}

const [, kind, id] = location.pathname.match(/^\/([a-z]+)\/(\d+)\/$/) ?? [];
const here = NOUNS[kind] ? `${NOUNS[kind]}:${id}` : '';
if (here) {
  const kept = [here, ...recentRecords().split(',').filter(Boolean)].slice(0, MOST + 1).join(',');
  try { localStorage.setItem('recent', kept); } catch { /* a window that keeps nothing */ }
}
