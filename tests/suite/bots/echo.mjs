// An echo bot on what Node itself has (fetch and WebSocket), for the tests that compare bots of two languages.
// Run it with `node --experimental-websocket` before Node 22.

const { FAKEQQ_APP_ID: appId, FAKEQQ_SECRET: clientSecret, FAKEQQ_API_BASE: api, FAKEQQ_TOKEN_URL: tokenUrl } = process.env;
const C2C_AND_GROUPS = 1 << 25;

let token;
let session;
let seq = null;

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return answer.json();
}

function connect(url) {
  const socket = new WebSocket(url);
  let beat;
  let left = false;
  const send = (op, d) => socket.send(JSON.stringify({ op, d }));
  const leave = () => {
    if (left) return;
    left = true;
    clearInterval(beat);
    socket.close();
    setTimeout(() => connect(url), 1000);
  };
  socket.onclose = leave;
  socket.onerror = leave;
  socket.onmessage = async ({ data }) => {
    const { op, d, s, t } = JSON.parse(data);
    if (op === 10) {
      beat = setInterval(() => send(1, seq), d.heartbeat_interval);
      if (session) send(6, { token, session_id: session, seq });
      else send(2, { token, intents: C2C_AND_GROUPS, shard: [0, 1] });
    } else if (op === 7) leave();
    else if (op === 9) {
      session = undefined;
      leave();
    } else if (op === 0) {
      seq = s;
      if (t === "READY") session = d.session_id;
      if (t === "C2C_MESSAGE_CREATE") {
        const url = `${api}/v2/users/${d.author.user_openid}/messages`;
        await post(url, { content: d.content, msg_type: 0, msg_id: d.id, msg_seq: 1 }, { authorization: token });
      }
    }
  };
}

token = `QQBot ${(await post(tokenUrl, { appId, clientSecret })).access_token}`;
const { url } = await (await fetch(`${api}/gateway/bot`, { headers: { authorization: token } })).json();
process.on("SIGTERM", () => process.exit(0));
connect(url);
