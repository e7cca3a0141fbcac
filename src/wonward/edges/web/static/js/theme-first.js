// For pages of strangers only (sign in, public proposal): before the first paint, the theme this browser chose.
try { document.documentElement.dataset.theme = localStorage.getItem('theme') || document.documentElement.dataset.theme || 'system'; } catch { /* no storage, no choice */ }
