// The first lines of the joined scripts: where their modules are kept. Modules served one by one do without it.
//
// wonward.define(name, maker)   a module and how to make it; the first definition counts
// wonward.need(name)            what the module exports, made once
// wonward.load(name)            the same as a promise; its joined script is fetched when the page did not name it
// wonward.homes                 {module: [joined scripts it is in]}
// <meta name="scripts" content="board=/static/… palette=/static/…">   the addresses of the joined scripts
(() => {
  const makers = {};
  const made = {};
  const coming = {};
  const addresses = Object.fromEntries((document.querySelector('meta[name=scripts]')?.content.split(' ') ?? []).map(pair => pair.split('=')));
  const scriptAt = address => [...document.scripts].find(script => script.getAttribute('src') === address);
  const wonward = globalThis.wonward = {
    homes: {},
    define: (name, maker) => { makers[name] ??= maker; },
    need: name => (made[name] ??= makers[name]()),
    load: name => (makers[name] ? Promise.resolve().then(() => wonward.need(name)) : coming[name] ??= fetchScript(name)),
  };

  async function fetchScript(name) {
    const homes = (wonward.homes[name] ?? [name]).map(home => addresses[home]);
    let script = homes.map(scriptAt).find(Boolean);
    if (!script) {
      script = document.createElement('script');
      script.src = homes[0];
      document.head.append(script);
    }
    try {
      await new Promise((resolve, reject) => { script.addEventListener('load', resolve); script.addEventListener('error', reject); });
    } catch {
      script.remove();
      delete coming[name];
      throw new Error(`${homes[0]} cannot be reached`);
    }
    return makers[name] ? wonward.need(name) : {};
  }
})();
