// Pipedrive's own SDK, pointed at a recorder: what it sends, as the lines of JSON that sdk_calls.py gives.
import { createServer } from "node:http";
import { createRequire } from "node:module";

const { v1, v2 } = createRequire(import.meta.url)("pipedrive");
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
const of = (version, path) => new version.Configuration({ apiKey: "secret", basePath: origin + path });
const deals = new v2.DealsApi(of(v2, "/api/v2"));
const persons = new v2.PersonsApi(of(v2, "/api/v2"));
const activities = new v2.ActivitiesApi(of(v2, "/api/v2"));
const notes = new v1.NotesApi(of(v1, "/api/v1"));
const users = new v1.UsersApi(of(v1, "/api/v1"));

const rows = [
    ["getCurrentUser", {}, () => users.getCurrentUser()],
    ["getDeals", { status: "open", limit: 2 }, () => deals.getDeals({ status: "open", limit: 2 })],
    ["getDeal", { id: 5 }, () => deals.getDeal({ id: 5 })],
    ["addDeal", { title: "Roof", value: 100, currency: "EUR" }, () => deals.addDeal({ AddDealRequest: { title: "Roof", value: 100, currency: "EUR" } })],
    ["updateDeal", { id: 5, status: "won" }, () => deals.updateDeal({ id: 5, UpdateDealRequest: { status: "won" } })],
    ["deleteDeal", { id: 5 }, () => deals.deleteDeal({ id: 5 })],
    ["searchPersons", { term: "ana", limit: 3 }, () => persons.searchPersons({ term: "ana", limit: 3 })],
    ["addActivity", { subject: "Call" }, () => activities.addActivity({ AddActivityRequest: { subject: "Call" } }),
        { "body.type": "ours writes the kind that most activities are" }],
    ["addNote", { content: "Hello", deal_id: 5 }, () => notes.addNote({ AddNoteRequest: { content: "Hello", deal_id: 5 } })],
];
for (const [action, args, call, differs] of rows) {
    sent = [];
    let fault = null;
    try {
        await call();
    } catch (error) {
        fault = String(error).slice(0, 300);
    }
    console.log(JSON.stringify({ action, arguments: args, differs: differs ?? {}, sent, fault }));
}
server.close();
