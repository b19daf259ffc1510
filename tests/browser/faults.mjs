// A proxy that stands between the browser and the server and breaks the line on request. The hooks
// live here and not in the stub, so that the very same tests of lost connections also run against
// the real server.
import http from 'node:http';
import https from 'node:https';

/** 'session' | 'messages' | 'events' | 'other' */
function kindOf(req) {
  if (req.method === 'OPTIONS') return 'preflight';
  const m = /^\/chat\/[^/?]+\/(session|messages|events)$/.exec(new URL(req.url, 'http://x').pathname);
  return m ? m[1] : 'other';
}

export async function startFaults(target, { host = '127.0.0.1' } = {}) {
  const upstream = new URL(target);
  const lib = upstream.protocol === 'https:' ? https : http;
  const agent = new lib.Agent({ keepAlive: true });
  let rules = [];
  let seen = [];
  const streams = new Set();
  const state = { down: false };

  function take(kind) {
    const rule = rules.find((r) => r.kind === kind && r.times > 0);
    if (rule) rule.times--;
    return rule;
  }

  const server = http.createServer(async (req, res) => {
    const kind = kindOf(req);
    const chunks = [];
    try {
      for await (const c of req) chunks.push(c);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    const rule = kind === 'other' || kind === 'preflight' ? undefined : take(kind);
    seen.push({ kind, url: req.url, headers: req.headers, body: body.toString('utf8'), fault: rule?.how });
    if (state.down || rule?.how === 'before') return void req.socket.destroy();
    if (rule?.how === 'status') {
      res.writeHead(rule.status, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*', 'Access-Control-Expose-Headers': 'Retry-After', ...rule.headers });
      return void res.end(JSON.stringify(rule.body ?? {}));
    }
    if (rule?.how === 'hold') await rule.released;

    const out = lib.request(
      { agent, hostname: upstream.hostname, port: upstream.port, method: req.method, path: req.url, headers: { ...req.headers, host: upstream.host } },
      (from) => {
        if (rule?.how === 'after') {
          // The server has done its work; only its answer is lost.
          from.resume();
          from.on('end', () => req.socket.destroy());
          return;
        }
        res.writeHead(from.statusCode, from.headers);
        res.flushHeaders();
        if (kind !== 'events') return void from.pipe(res);
        const st = { res, frozen: false };
        streams.add(st);
        from.on('data', (c) => st.frozen || res.write(c));
        from.on('end', () => res.end());
        from.on('error', () => res.destroy());
        res.on('close', () => {
          streams.delete(st);
          from.destroy();
        });
      },
    );
    out.on('error', () => res.destroy());
    out.end(body);
  });
  await new Promise((resolve) => server.listen(0, host, resolve));

  return {
    url: `http://${host}:${server.address().port}`,
    state,
    /** how: 'before' = never reaches the server; 'after' = only the answer is lost. */
    drop: (kind, how, times = 1) => void rules.push({ kind, how, times }),
    answer: (kind, status, body, { headers = {}, times = 1 } = {}) => void rules.push({ kind, how: 'status', status, body, headers, times }),
    /** Keeps the next request waiting; returns the function that lets it go. */
    hold(kind) {
      let release;
      rules.push({ kind, how: 'hold', times: 1, released: new Promise((r) => (release = r)) });
      return release;
    },
    /** Breaks every open event stream. */
    cut: () => streams.forEach((st) => st.res.destroy()),
    /** Leaves the streams open but lets nothing through, as a dead mobile connection does. */
    freeze: () => streams.forEach((st) => (st.frozen = true)),
    streams: () => streams.size,
    seen: (kind) => seen.filter((s) => s.kind === kind),
    reset() {
      rules = [];
      seen = [];
      state.down = false;
    },
    stop: () => new Promise((resolve) => {
      agent.destroy();
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}
