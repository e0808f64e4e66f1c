// SDKs written in JavaScript, pointed at a recorder: what they send, as the lines of JSON that sdk_calls.py gives.
//
//     sdk_calls.mjs PLATFORM
import { createServer } from "node:http";

let sent = [];
const server = createServer((request, answer) => {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
        const { rawHeaders } = request;
        const headers = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [[name, rawHeaders[at + 1]]]));
        sent.push({ method: request.method, target: request.url, headers, body: Buffer.concat(parts).toString("latin1") });
        answer.setHeader("content-type", "application/json");
        answer.end("{}");
    });
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const origin = `http://127.0.0.1:${server.address().port}`;

const { default: rowsOf } = await import(`./sdk_${process.argv[2]}.mjs`);
for (const [action, args, call, differs] of await rowsOf(origin)) {
    sent = [];
    let fault = null;
    try {
        await call();
    } catch (error) {
        // The recorder answers with an empty object: what an SDK makes of that is not looked at.
        fault = String(error).slice(0, 300);
    }
    console.log(JSON.stringify({ action, arguments: args, differs: differs ?? {}, sent, fault }));
}
server.close();
process.exit(0);
